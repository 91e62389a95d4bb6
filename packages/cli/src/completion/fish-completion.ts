import type { CommandDescription, OptionDescription } from "./describe-commands.ts";

/** A completion script for fish. */
export function fishCompletion(commands: readonly CommandDescription[]): string {
  const paths = commands.filter(({ path }) => path !== "").map(({ path }) => quote(path));
  return `# Completion of mcp-router for fish.
function __mcp_router_at
    set -l place ""
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$place $word")
        if contains -- $next ${paths.join(" ")}
            set place $next
        end
    end
    test "$place" = "$argv[1]"
end
complete -c mcp-router -f
${commands.flatMap(linesOf).join("\n")}
`;
}

function linesOf({ choices, options, path, subcommands, takesFile }: CommandDescription): readonly string[] {
  const start = `complete -c mcp-router -n ${quote(`__mcp_router_at ${quote(path)}`)}`;
  return [
    ...subcommands.map(({ description, word }) => `${start} -a ${word} -d ${quote(description)}`),
    ...choices.map((choice) => `${start} -a ${choice}`),
    ...options.map((option) => `${start} ${flagsOf(option)} -d ${quote(option.description)}`),
    ...(takesFile ? [`${start} -F`] : []),
  ];
}

function flagsOf({ value, words }: OptionDescription): string {
  const flags = words.map((word) => (word.startsWith("--") ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`)).join(" ");
  if (value === "none") return flags;
  if (value === "file") return `${flags} -r -F`;
  return typeof value === "string" ? `${flags} -x` : `${flags} -x -a ${quote(value.join(" "))}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
