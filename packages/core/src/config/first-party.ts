/** Sections, schemes and auth types of the standard plugins: what to add is known even when they are not loaded. */
export interface StandardPlugin {
  readonly packageName: string;
  /** The short name that `plugins` takes. */
  readonly shortName: string;
}

const plugin = (shortName: string, folder = shortName): StandardPlugin => ({
  packageName: `@mcp-router/${folder}`,
  shortName,
});

const observability = plugin("observability");
const webSocket = plugin("ws", "transport-ws");
const tcp = plugin("tcp", "transport-tcp");

export const STANDARD_SECTIONS: ReadonlyMap<string, StandardPlugin> = new Map([
  ["local.rate_limit", plugin("rate-limit")],
  ["advanced.circuit_breaker", plugin("circuit-breaker")],
  ["advanced.deduplication", plugin("deduplication")],
  ["advanced.debug", observability],
  ["gateway.tracing", observability],
  ["metrics", observability],
]);

export const STANDARD_SCHEMES: ReadonlyMap<string, StandardPlugin> = new Map([
  ["ws", webSocket],
  ["wss", webSocket],
  ["tcp", tcp],
  ["tcps", tcp],
  ["tcp+tls", tcp],
]);

export const STANDARD_FRAMINGS: ReadonlyMap<string, StandardPlugin> = new Map(
  ["guide", "typed", "mcpb", "mcpb-padded", "lines"].map((name) => [name, tcp] as const),
);

export const STANDARD_AUTH: ReadonlyMap<string, StandardPlugin> = new Map([
  ["bearer", plugin("bearer", "auth-bearer")],
  ["oauth2", plugin("oauth2", "auth-oauth2")],
  ["mtls", plugin("mtls", "auth-mtls")],
]);

/** How to get a standard plugin, as the end of a sentence. */
export function howToAdd({ shortName }: StandardPlugin): string {
  return `add the preset "claude" to presets, or "${shortName}" to plugins`;
}
