import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  type Client,
  generateRandomCodeVerifier,
  generateRandomState,
  validateAuthResponse,
} from "oauth4webapi";
import { credentialError } from "./credential-error.ts";
import type { Login } from "./login.ts";
import { type IssuedToken, requestToken } from "./request-token.ts";
import { parametersFor, settingsFor } from "./request-settings.ts";
import { webAddress } from "./web-address.ts";

/** Milliseconds that a person has. */
const TIMEOUT_MS = 10 * 60_000;
const PATH = "/callback";

/**
 * A person signs in with a browser on this machine: authorization code with PKCE, answered to a port of 127.0.0.1 (RFC 8252
 * §7.3) that is open for as long as it takes and for one answer.
 *
 * @throws DialError; the reason of the person's signal.
 */
export async function loginInBrowser(login: Login): Promise<IssuedToken> {
  const { options, context, server, person } = login;
  const address = webAddress(server.metadata.authorization_endpoint, "address for signing in");
  const [verifier, state] = [generateRandomCodeVerifier(), generateRandomState()];
  const client: Client = { client_id: options.client_id };
  const listener = createServer({ headersTimeout: 5000, requestTimeout: 10_000, maxHeaderSize: 16 * 1024 });
  listener.maxConnections = 16;
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening", { signal: person.signal });
  try {
    const redirect = `http://127.0.0.1:${portOf(listener)}${PATH}`;
    const parameters = parametersFor(options, server);
    // Without a new consent there is no offline access (OpenID Connect Core §11).
    if (options.scopes.includes("offline_access")) parameters.set("prompt", "consent");
    parameters.set("response_type", "code");
    parameters.set("client_id", options.client_id);
    parameters.set("redirect_uri", redirect);
    parameters.set("state", state);
    parameters.set("code_challenge", await calculatePKCECodeChallenge(verifier));
    parameters.set("code_challenge_method", "S256");
    for (const [name, value] of parameters) address.searchParams.set(name, value);
    const answered = answerTo(listener, redirect, (url) => validateAuthResponse(server.metadata, client, url, state));
    person.show(`Open ${address.href}`);
    const callback = await within(answered, person.signal);
    const answer = await requestToken({
      ...login,
      refreshToken: undefined,
      send: async (_request, { authentication }) =>
        await authorizationCodeGrantRequest(
          server.metadata,
          client,
          authentication,
          callback,
          redirect,
          verifier,
          settingsFor(server, context),
        ),
    });
    if ("issued" in answer) return answer.issued;
    throw answer.failure;
  } finally {
    listener.close();
    listener.closeAllConnections();
  }
}

/** The first answer that `validate` takes. Anything else that comes is refused, and the wait goes on. */
function answerTo(
  listener: Server,
  redirect: string,
  validate: (url: URL) => URLSearchParams,
): Promise<URLSearchParams> {
  const { host, pathname } = new URL(redirect);
  return new Promise((resolve, reject) => {
    let over = false;
    listener.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url ?? "/", redirect);
      // Pages of other names that lead here (DNS rebinding) name themselves.
      if (request.headers.host !== host || request.headers.origin !== undefined)
        return say(response, 403, "Not for you.");
      if (request.method !== "GET") return say(response, 405, "GET only.");
      if (url.pathname !== pathname) return say(response, 404, "Nothing here.");
      if (over) return say(response, 400, "This sign-in is over.");
      try {
        const callback = validate(url);
        over = true;
        say(response, 200, "Signed in. You can close this page.");
        resolve(callback);
      } catch (cause) {
        const refusal = refusalOf(cause);
        say(response, 400, "That is no answer to this sign-in.");
        if (refusal === undefined) return;
        over = true;
        reject(refusal);
      }
    });
  });
}

/** The error when the server itself said no, to our own question: only then is the state the right one. */
function refusalOf(cause: unknown): Error | undefined {
  const error: unknown = Reflect.get(Object(cause), "error");
  if (typeof error !== "string") return undefined;
  return credentialError("The sign-in was refused by the authorization server, or by whoever was asked.", {
    hint: "Run mcp-router auth login again; check auth.scopes and auth.client_id.",
  });
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    connection: "close",
  });
  response.end(text);
}

async function within<T>(answered: Promise<T>, signal: AbortSignal): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const ended = AbortSignal.any([signal, timeout]);
  const aborted = new Promise<never>((_resolve, reject) => {
    ended.addEventListener("abort", () => {
      reject(
        timeout.aborted
          ? credentialError("Nobody signed in within ten minutes.", { hint: "Run it again." })
          : signal.reason,
      );
    });
  });
  return await Promise.race([answered, aborted]);
}

function portOf(listener: Server): number {
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("the listener has no port");
  return address.port;
}
