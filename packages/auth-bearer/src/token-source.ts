import type { CredentialReason } from "@mcp-router/core/plugin";

/** Where a token comes from. */
export interface TokenSource {
  /** For messages: “the environment variable MCP_AUTH_TOKEN”. */
  readonly name: string;
  /** How another token gets to the router. */
  readonly renewal: string;
  /** When the token read last ends, in monotonic milliseconds. Undefined where it is unknown, or no other could be had then. */
  readonly expiresAt?: number | undefined;
  /**
   * The token as it is now, checked.
   *
   * @param refused With `rejected`: the token that the gateway refused, which may be older than the one read last.
   * @throws DialError `credential` when there is none that can be used.
   */
  read(reason: CredentialReason, refused?: string): string | Promise<string>;
}
