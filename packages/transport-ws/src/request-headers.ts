import { validateHeaderName, validateHeaderValue } from "node:http";
import { type Credential, DialError, type Secret, escapeForPeople } from "@mcp-router/core/plugin";
import { LONGEST_EXCERPT } from "@mcp-router/sockets";

/** Headers that make the upgrade what it is, and one that is for proxies only. */
const RESERVED = /^(connection|upgrade|host|content-length|transfer-encoding|proxy-authorization|sec-websocket-.*)$/i;

function check(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    // Node's own error is left out: nothing of the value may reach a log.
    throw new DialError(
      "credential",
      `The header “${escapeForPeople(name, LONGEST_EXCERPT)}” of the credential cannot be sent: its name or value holds a character that HTTP forbids.`,
      {
        hint: "Remove line breaks, control characters and characters outside Latin-1 from the token or header.",
      },
    );
  }
  if (RESERVED.test(name)) {
    throw new DialError(
      "credential",
      `The header “${name}” belongs to the WebSocket handshake and cannot be set by a credential.`,
      {
        hint: "Remove it from the configuration of the auth plugin.",
      },
    );
  }
}

function reveal(value: Secret | string): string {
  return typeof value === "string" ? value : value.reveal();
}

/**
 * The headers that a credential adds to the upgrade request. An `Authorization` among its headers stands before the bearer.
 *
 * @throws DialError `credential` when a name or value cannot be a header.
 */
export function requestHeaders(credential: Credential): Record<string, string> {
  const headers: Record<string, string> = {};
  if (credential.bearer !== undefined) headers["authorization"] = `Bearer ${credential.bearer.reveal()}`;
  for (const [name, value] of credential.headers) headers[name.toLowerCase()] = reveal(value);
  for (const [name, value] of Object.entries(headers)) check(name, value);
  return headers;
}
