/** Short names of the standard plugins and presets. Short names of others are `mcp-router-plugin-<word>`. */
const STANDARD: ReadonlyMap<string, string> = new Map([
  ["ws", "@mcp-router/transport-ws"],
  ["transport-ws", "@mcp-router/transport-ws"],
  ["tcp", "@mcp-router/transport-tcp"],
  ["transport-tcp", "@mcp-router/transport-tcp"],
  ["bearer", "@mcp-router/auth-bearer"],
  ["auth-bearer", "@mcp-router/auth-bearer"],
  ["oauth2", "@mcp-router/auth-oauth2"],
  ["auth-oauth2", "@mcp-router/auth-oauth2"],
  ["mtls", "@mcp-router/auth-mtls"],
  ["auth-mtls", "@mcp-router/auth-mtls"],
  ["rate-limit", "@mcp-router/rate-limit"],
  ["circuit-breaker", "@mcp-router/circuit-breaker"],
  ["deduplication", "@mcp-router/deduplication"],
  ["observability", "@mcp-router/observability"],
]);

const STANDARD_PRESETS: ReadonlyMap<string, string> = new Map([["claude", "@mcp-router/preset-claude"]]);

/** Whether a name is a path: relative, absolute, or a file URL. */
export function isPath(name: string): boolean {
  return /^(\.{1,2}([/\\]|$)|[/\\]|file:|[A-Za-z]:[/\\])/.test(name);
}

/**
 * The npm packages a name may stand for, in the order they are tried. The name of a standard plugin is never looked up
 * as a package of its own: `ws` is the WebSocket plugin, not the library.
 */
export function packagesFor(kind: "plugin" | "preset", name: string): readonly string[] {
  const standard = (kind === "plugin" ? STANDARD : STANDARD_PRESETS).get(name);
  if (standard !== undefined) return [standard];
  const isWord = !name.includes("/") && !name.startsWith("@");
  return isWord ? [name, `mcp-router-${kind}-${name}`] : [name];
}
