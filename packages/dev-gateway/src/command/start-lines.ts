import { X509Certificate } from "node:crypto";

import type { CommandOptions } from "./read-gateway-options.ts";

/**
 * What is told to a person when the gateway is ready: where it is, and how mcp-router gets there.
 *
 * @param certificate What `--tls-cert` names, in PEM.
 */
export function startLine(
  url: string,
  command: readonly string[],
  options: CommandOptions,
  certificate?: string,
): string {
  const withToken = asksForToken(options);
  const variable = options.tokenEnv ?? "VARIABLE_WITH_THE_TOKEN";
  const settings = [
    ...(options.wire === "json-rpc" ? ["MCP_GATEWAY_WIRE=json-rpc"] : []),
    ...(options.framing === undefined ? [] : [`MCP_GATEWAY_FRAMING=${options.framing}`]),
    ...(options.gatewayVersion === "1" && options.hideVersion === true ? ["MCP_GATEWAY_VERSION=1"] : []),
    ...(certificate === undefined ? [] : [`MCP_GATEWAY_TLS_CA_CERT_PATH=${authorityOf(certificate, options)}`]),
    ...(withToken ? ["MCP_GATEWAY_AUTH_TYPE=bearer", `MCP_GATEWAY_AUTH_TOKEN_ENV=${variable}`] : []),
  ];
  const connect = [...settings, `mcp-router --url ${url}`].join(" ");
  return `dev gateway: ${url} serves \`${command.join(" ")}\`; connect with: ${connect}\n`;
}

/** Where the health endpoint is that has a port of its own. */
export function healthLine(healthUrl: string): string {
  return `dev gateway: health at ${healthUrl} (gateway.health.url)\n`;
}

/** A certificate that has signed itself is its own authority; the file of any other is not known here. */
function authorityOf(certificate: string, { tlsCert }: CommandOptions): string {
  const parsed = new X509Certificate(certificate);
  return parsed.checkIssued(parsed) ? (tlsCert ?? "") : "FILE_OF_ITS_AUTHORITY";
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
