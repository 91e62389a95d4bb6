import { DialError, type DialErrorOptions } from "@mcp-router/core/plugin";

/** Why there is no token. */
export function credentialError(message: string, options: DialErrorOptions = {}): DialError {
  return new DialError("credential", message, { phase: "auth", ...options });
}
