import { RouterError } from "@mcp-router/core/plugin";

/** Claude started the router in a directory whose configuration nobody has vouched for. Code `CONFIG_UNTRUSTED`. */
export class UntrustedConfigError extends RouterError {
  constructor(file: string, because: "new" | "changed") {
    const reason = because === "new" ? "was not trusted yet" : "has changed since it was trusted";
    super("CONFIG_UNTRUSTED", `${file} ${reason}, and it could run code and send your tokens anywhere`, {
      phase: "config",
      hint: `Read it, then run: mcp-router trust ${quote(file)}\nOr name the file yourself: mcp-router --config ${quote(file)}`,
    });
  }
}

function quote(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
