import type { CommandOptions } from "./read-gateway-options.ts";

/** What is told to a person when the gateway is ready: where it is, and how mcp-router gets there. */
export function startLine(url: string, command: readonly string[], options: CommandOptions): string {
  const withToken = asksForToken(options);
  const variable = options.tokenEnv ?? "VARIABLE_WITH_THE_TOKEN";
  const settings = [
    ...(options.wire === "json-rpc" ? ["MCP_GATEWAY_WIRE=json-rpc"] : []),
    ...(options.framing === undefined ? [] : [`MCP_GATEWAY_FRAMING=${options.framing}`]),
    ...(options.gatewayVersion === "1" && options.hideVersion === true ? ["MCP_GATEWAY_VERSION=1"] : []),
    ...(options.tlsCert === undefined ? [] : [`MCP_GATEWAY_TLS_CA_CERT_PATH=${options.tlsCert}`]),
    ...(withToken ? ["MCP_GATEWAY_AUTH_TYPE=bearer", `MCP_GATEWAY_AUTH_TOKEN_ENV=${variable}`] : []),
  ];
  const connect = [...settings, `mcp-router --url ${url}`].join(" ");
  return `dev gateway: ${url} serves \`${command.join(" ")}\`; connect with: ${connect}\n`;
}

/** How to have the same faults once more. */
export function seedLine(seed: number): string {
  return `dev gateway: faults are drawn with --seed ${seed}\n`;
}

/** What is said loudly, even to those who asked for quiet; nothing when clients need a token. */
export function openDoorWarning(options: CommandOptions): string {
  if (asksForToken(options)) return "";
  return "warning: no token is asked for: every program on this machine can use this server (--token-env NAME)\n";
}

function asksForToken(options: CommandOptions): boolean {
  return options.token !== undefined || options.tokenEnv !== undefined;
}
