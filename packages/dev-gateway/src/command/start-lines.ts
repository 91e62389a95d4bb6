import type { CommandOptions } from "./read-gateway-options.ts";

/** What is told to a person when the gateway is ready: where it is, and how mcp-router gets there. */
export function startLines(
  url: string,
  command: readonly string[],
  options: CommandOptions,
): string {
  const asksForToken = options.token !== undefined || options.tokenEnv !== undefined;
  const variable = options.tokenEnv ?? "VARIABLE_WITH_THE_TOKEN";
  const settings = [
    ...(options.wire === "json-rpc" ? ["MCP_GATEWAY_WIRE=json-rpc"] : []),
    ...(asksForToken
      ? ["MCP_GATEWAY_AUTH_TYPE=bearer", `MCP_GATEWAY_AUTH_TOKEN_ENV=${variable}`]
      : []),
  ];
  const connect = [...settings, `mcp-router --url ${url}`].join(" ");
  const line = `dev gateway: ${url} serves \`${command.join(" ")}\`; connect with: ${connect}\n`;
  if (asksForToken) return line;
  return `${line}warning: no token is asked for: every program on this machine can use this server (--token-env NAME)\n`;
}
