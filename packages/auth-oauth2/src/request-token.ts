import { type AuthContext, DialError } from "@mcp-router/core/plugin";
import {
  type Client,
  clientCredentialsGrantRequest,
  processClientCredentialsResponse,
  refreshTokenGrantRequest,
  ResponseBodyError,
} from "oauth4webapi";
import { checkToken } from "./check-token.ts";
import { type ClientProof, clientProof } from "./client-authentication.ts";
import { credentialError } from "./credential-error.ts";
import { lifetimeMs } from "./expires-in.ts";
import type { TokenServer } from "./find-server.ts";
import type { Oauth2Options } from "./options.ts";
import { refusalError } from "./oauth-refusal.ts";
import type { FoundSecret } from "./read-secret.ts";
import { needsPerson } from "./token-identity.ts";
import { parametersFor, settingsFor } from "./request-settings.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface TokenRequest {
  readonly options: Oauth2Options;
  readonly context: AuthContext;
  readonly server: TokenServer;
  /** With the grant of that name. */
  readonly refreshToken: FoundSecret | undefined;
  readonly warn: (message: string) => void;
  /** Sends another grant than those that need nobody. */
  readonly send?: (request: TokenRequest, proof: ClientProof) => Promise<Response>;
}

export interface IssuedToken {
  readonly text: string;
  /** Undefined when the server told none that makes sense. */
  readonly lifetimeMs: number | undefined;
  /** Takes the place of the one that was used (RFC 6749 §6). */
  readonly refreshToken: string | undefined;
}

/** `final`: the server refuses this client in the words of OAuth, and will until somebody changes something. */
export type TokenAnswer =
  | { readonly issued: IssuedToken }
  | { readonly failure: DialError; readonly final: boolean; readonly refused?: string };

/** Asks for one token, once. Never rejects. */
export async function requestToken(request: TokenRequest): Promise<TokenAnswer> {
  const { options, server, refreshToken, warn, send = sendGrant } = request;
  const sent = new Set(refreshToken === undefined ? [] : [refreshToken.text]);
  const context: AuthContext = {
    ...request.context,
    secret: (text) => {
      sent.add(text);
      return request.context.secret(text);
    },
  };
  const name = `The token endpoint ${server.place} (${server.key})`;
  let proof: ClientProof | undefined;
  let status = 200;
  try {
    proof = await clientProof(options, context, server.audience, warn);
    const response = await send({ ...request, context }, proof);
    ({ status } = response);
    refuseStatus(response, name);
    if (status === 200 && !isJson(response))
      throw unreadable(name, "an answer that is not application/json", server.key);
    const { body, expiresIn } = await reduce(response);
    const client: Client = { client_id: options.client_id };
    // A refresh answers in the same form, and no identity is asked for here: one way to read both.
    const { access_token, token_type, refresh_token } = await processClientCredentialsResponse(
      server.metadata,
      client,
      body,
    );
    if (token_type !== "bearer") throw unreadable(name, "tokens of another type than Bearer", server.key);
    const text = checkToken(access_token, server);
    return { issued: { text, lifetimeMs: lifetimeMs(expiresIn), refreshToken: refresh_token } };
  } catch (cause) {
    if (cause instanceof ResponseBodyError) {
      const remedy = needsPerson(options) ? "Run mcp-router auth login." : `Put a new one into ${refreshToken?.from}.`;
      const said = { server: name, proof: proof?.from ?? "", remedy: refreshToken === undefined ? undefined : remedy };
      const code = repeats(cause.error, sent) ? "with an error code that holds a secret" : cause.error;
      const description = repeats(cause.error_description, sent) ? undefined : cause.error_description;
      const failure = refusalError(code, description, said);
      return { failure, final: failure.permanent, refused: cause.error };
    }
    return { failure: asCredentialError(cause, name, server.key, status), final: false };
  }
}

/** Whether words of a server repeat what was sent: nothing takes secrets out of the errors that a client is shown. */
function repeats(words: string | undefined, sent: ReadonlySet<string>): boolean {
  return [...sent].some((secret) => {
    const inForm = new URLSearchParams([["", secret]]).toString().slice(1);
    return [secret, encodeURIComponent(secret), inForm].some((text) => text !== "" && words?.includes(text));
  });
}

/** The grants that need nobody: by what the client holds, or by a refresh token. */
async function sendGrant(request: TokenRequest, { authentication }: ClientProof): Promise<Response> {
  const { options, context, server, refreshToken } = request;
  const client: Client = { client_id: options.client_id };
  const settings = settingsFor(server, context);
  const parameters = parametersFor(options, server);
  // What a person agreed to is what there is (RFC 6749 §6); it may be less than what was asked for.
  if (needsPerson(options)) parameters.delete("scope");
  if (refreshToken === undefined) {
    return await clientCredentialsGrantRequest(server.metadata, client, authentication, parameters, settings);
  }
  const more = { ...settings, additionalParameters: parameters };
  return await refreshTokenGrantRequest(server.metadata, client, authentication, refreshToken.text, more);
}

/** @throws DialError for an answer that is neither a token nor a refusal in the words of OAuth. */
export function refuseStatus({ status, headers }: Response, name: string): void {
  if (status >= 300 && status < 400) {
    throw credentialError(`${name} redirects (HTTP status ${status}), which is not followed.`, {
      hint: "Write down the address that really gives tokens.",
    });
  }
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    throw credentialError(`${name} gives no token for now (HTTP status ${status}).`, {
      hint: "The router asks again by itself.",
      permanent: false,
      status,
      retryAfterMs: retryAfterMs(headers.get("retry-after")),
    });
  }
}

/**
 * The members of the answer that count, for the library to judge. It would refuse a token for an `expires_in` that makes no
 * sense, or an identity token that nobody asked for; those are read here, or not at all.
 */
async function reduce(response: Response): Promise<{ readonly body: Response; readonly expiresIn: unknown }> {
  const text = await response.text();
  const { status, headers } = response;
  const found = response.status === 200 ? objectOf(text) : undefined;
  if (found === undefined) return { body: new Response(text, { status, headers }), expiresIn: undefined };
  const refreshToken = found.get("refresh_token");
  const kept = {
    access_token: found.get("access_token"),
    token_type: found.get("token_type"),
    ...(typeof refreshToken === "string" && refreshToken !== "" ? { refresh_token: refreshToken } : {}),
  };
  return { body: new Response(JSON.stringify(kept), { status, headers }), expiresIn: found.get("expires_in") };
}

/** A page with a token in it is not from a token endpoint (RFC 6749 §5.1). */
function isJson({ headers }: Response): boolean {
  return /^application\/(?:[\w.-]+\+)?json *(?:;|$)/i.test(headers.get("content-type") ?? "");
}

function objectOf(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

/** The library's causes hold what the server sent: they are left behind. */
function asCredentialError(cause: unknown, name: string, key: string, status: number): DialError {
  if (DialError.is(cause)) {
    if (cause.reason === "credential") return cause;
    const { hint, permanent } = cause;
    return credentialError(`${name} cannot be asked for a token: ${cause.message}`, { hint, permanent, cause });
  }
  if (status !== 200) {
    return credentialError(`${name} does not answer as one (HTTP status ${status}, and no OAuth error).`, {
      hint: `Check ${key}: it must be the address that gives tokens (RFC 6749 §3.2).`,
      status,
    });
  }
  const what = cause instanceof Error ? cause.message : String(cause);
  return unreadable(name, `no token: ${what}`, key);
}

function unreadable(name: string, what: string, key: string): DialError {
  return credentialError(`${name} gives ${what}.`, {
    hint: `Check ${key}: it must be the address that gives tokens (RFC 6749 §3.2).`,
    permanent: false,
  });
}
