import type { CommandDescription } from "./describe-commands.ts";

/** A completion script for bash, versions 3.2 and later. */
export function bashCompletion(commands: readonly CommandDescription[]): string {
  const withValue = new Map(
    commands.flatMap(({ options }) => options.filter(takesValue).map((each) => [each.words.join("|"), each.value])),
  );
  return `# Completion of mcp-router for bash.
_mcp_router() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" index word words=""
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "\${path:+$path }$word" in
${commands
  .filter(({ path }) => path !== "")
  .map(({ path }) => `      "${path}") path="${path}" ;;`)
  .join("\n")}
    esac
  done
  case "$previous" in
${[...withValue].map(([words, value]) => `    ${words}) ${completeValue(value)}; return ;;`).join("\n")}
  esac
  case "$path" in
${commands.map((command) => `    "${command.path}") words="${wordsOf(command).join(" ")}" ;;`).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
${commands
  .filter(({ takesFile }) => takesFile)
  .map(
    ({ path }) =>
      `  if [[ "$path" == "${path}" && "$current" != -* ]]; then COMPREPLY=($(compgen -f -- "$current")); fi`,
  )
  .join("\n")}
}
complete -o filenames -F _mcp_router mcp-router
`;
}

function takesValue({ value }: CommandDescription["options"][number]): boolean {
  return value !== "none";
}

function completeValue(value: CommandDescription["options"][number]["value"]): string {
  if (value === "file") return 'COMPREPLY=($(compgen -f -- "$current"))';
  if (typeof value === "string") return "COMPREPLY=()";
  return `COMPREPLY=($(compgen -W "${value.join(" ")}" -- "$current"))`;
}

function wordsOf({ choices, options, subcommands }: CommandDescription): readonly string[] {
  return [...subcommands.map(({ word }) => word), ...choices, ...options.flatMap(({ words }) => words)];
}
