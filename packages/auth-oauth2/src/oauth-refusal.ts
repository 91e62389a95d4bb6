import { type DialError, escapeForPeople } from "@mcp-router/core/plugin";
import { credentialError } from "./credential-error.ts";

/** Characters of a server's own words in a message. */
const LONGEST_WORDS = 200;

/** Refusals that mend by themselves. */
const PASSING: ReadonlySet<string> = new Set(["temporarily_unavailable", "server_error", "slow_down"]);

export interface RefusalContext {
  /** `https://auth.example.com/token (auth.token_endpoint)` */
  readonly server: string;
  /** Where the client's secret or key comes from. */
  readonly proof: string;
  /** With a refresh token: how another one is had. */
  readonly remedy: string | undefined;
}

/** What to do about each code of RFC 6749 §5.2, RFC 8707 §2 and what servers say beside. */
const HINTS: { readonly [code: string]: (context: RefusalContext) => string } = {
  invalid_client: ({ proof }) =>
    `Check auth.client_id and ${proof}; or the server wants another auth.token_endpoint_auth_method.`,
  unauthorized_client: () =>
    "Allow the client this auth.grant_type at the authorization server, or check auth.client_id.",
  invalid_grant: ({ remedy, proof }) =>
    remedy === undefined ? `Check ${proof}.` : `The refresh token is expired, revoked or already used. ${remedy}`,
  invalid_scope: () => "Check auth.scopes: the server does not give one of them to this client.",
  invalid_target: () => "Check auth.resource and auth.audience.",
  unsupported_grant_type: () => "Check auth.grant_type and auth.token_endpoint.",
};

/** The error for a token endpoint that says no (RFC 6749 §5.2). */
export function refusalError(code: string, description: string | undefined, context: RefusalContext): DialError {
  const shown = escapeForPeople(code, 60);
  const words = description === undefined ? "" : `: ${escapeForPeople(description, LONGEST_WORDS)}`;
  const hint = Object.hasOwn(HINTS, code) ? HINTS[code]?.(context) : undefined;
  return credentialError(`${context.server} refuses to give a token (${shown}${words}).`, {
    hint: hint ?? "Check auth.client_id, auth.scopes, auth.resource and auth.audience.",
    permanent: !PASSING.has(code),
  });
}
