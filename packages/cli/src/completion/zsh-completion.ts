import type { CommandDescription } from "./describe-commands.ts";

/** A completion script for zsh, to be sourced after compinit or put into a directory of `fpath`. */
export function zshCompletion(commands: readonly CommandDescription[]): string {
  const withValue = new Map(
    commands.flatMap(({ options }) =>
      options.filter(({ value }) => value !== "none").map((each) => [each.words.join("|"), each.value]),
    ),
  );
  return `#compdef mcp-router
# Completion of mcp-router for zsh.
_mcp_router() {
  local place="" index
  local -a candidates
  for ((index = 2; index < CURRENT; index++)); do
    case "\${place:+$place }\${words[index]}" in
${commands
  .filter(({ path }) => path !== "")
  .map(({ path }) => `      ("${path}") place="${path}" ;;`)
  .join("\n")}
    esac
  done
  case "\${words[CURRENT-1]}" in
${[...withValue].map(([names, value]) => `    (${names}) ${completeValue(value)}; return ;;`).join("\n")}
  esac
  case "$place" in
${commands.map((command) => `    ("${command.path}") candidates=(${candidatesOf(command).map(quote).join(" ")}) ;;`).join("\n")}
  esac
  _describe -t commands "mcp-router" candidates
${commands
  .filter(({ takesFile }) => takesFile)
  .map(({ path }) => `  [[ "$place" == "${path}" ]] && _files`)
  .join("\n")}
  return 0
}
compdef _mcp_router mcp-router
`;
}

function completeValue(value: CommandDescription["options"][number]["value"]): string {
  if (value === "file") return "_files";
  if (typeof value === "string") return "true";
  return `compadd -- ${value.join(" ")}`;
}

function candidatesOf({ choices, options, subcommands }: CommandDescription): readonly string[] {
  return [
    ...subcommands.map(({ description, word }) => `${word}:${description}`),
    ...choices,
    ...options.flatMap(({ description, words }) => words.map((word) => `${word}:${description}`)),
  ];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
