import { bounded } from "../link/bounded.ts";
import { asDialError, timedOut } from "../link/dial-failure.ts";
import type { Credential, CredentialReason } from "../plugin/credential.ts";
import type { DialError } from "../plugin/dial-error.ts";
import type { ProbeContext } from "./probe-context.ts";
import type { Found } from "./step-recorder.ts";
import { inWords } from "./in-words.ts";
import { reportToken, type TokenReport } from "./token-report.ts";

/** What the gateway refused, and what it said about it. */
export interface Refused {
  readonly credential: Credential;
  readonly challenge: string | undefined;
}

/** Asks for a credential as a router does, within the time of a dial. @throws DialError; the signal's reason when it aborts. */
export async function signIn(
  { gateway, loaded, signal }: ProbeContext,
  reason: CredentialReason,
  refused?: Refused,
): Promise<Credential> {
  const { endpoint, credentials } = gateway;
  const limitMs = endpoint.connection.timeoutMs;
  signal.throwIfAborted();
  return await bounded({ clock: loaded.clock, limitMs, stopped: signal }, async (limit) => {
    try {
      return await credentials.get(reason, limit, refused?.credential.bearer, refused?.challenge);
    } catch (cause) {
      signal.throwIfAborted();
      throw limit.aborted ? timedOut(endpoint, "credential", cause) : asDialError(endpoint, cause);
    }
  });
}

/** The report of its token; undefined when there is none. */
export function tokenOf({ loaded, gateway, index }: ProbeContext, credential: Credential): TokenReport | undefined {
  if (credential.bearer === undefined) return undefined;
  const auth = loaded.config.authOf(index);
  const audiences = [auth?.["audience"], auth?.["resource"]].flat().filter((each) => typeof each === "string");
  return reportToken(credential.bearer.reveal(), { url: gateway.endpoint.url, audiences, now: Date.now() / 1000 });
}

/** Whether there is anything in it that a gateway could refuse. */
export function isAnonymous(credential: Credential, { gateway }: Pick<ProbeContext, "gateway">): boolean {
  const { bearer, headers, tls } = credential;
  return bearer === undefined && headers.size === 0 && tls === undefined && gateway.endpoint.tls.cert === undefined;
}

/** What kind of credential it is, and how long it lasts. */
export function describeCredential(context: ProbeContext, credential: Credential): Found {
  const { loaded, gateway, index } = context;
  const type = loaded.config.authOf(index)?.type ?? "none";
  if (isAnonymous(credential, context) && type === "none") return { facts: { type }, skipped: true };
  const token = tokenOf(context, credential);
  const leftMs = credential.expiresAt === undefined ? undefined : credential.expiresAt - loaded.clock.now();
  const left = leftMs === undefined ? token?.left : leftMs / 1000;
  const certificate = (credential.tls?.cert ?? credential.tls?.pfx ?? gateway.endpoint.tls.cert) !== undefined;
  const form = token?.facts["form"];
  return {
    facts: {
      type,
      ...(form !== undefined && { token: form }),
      ...(credential.headers.size > 0 && { headers: [...credential.headers.keys()].join(" ") }),
      ...(certificate && { client_certificate: true }),
      ...(left !== undefined && left > 0 && { lasts: inWords(left) }),
    },
    notes: token?.fault === undefined ? [] : [token.fault.message],
  };
}

/** An attempt with another credential, after the first one was refused. */
export interface SecondTry {
  readonly credential: Credential | undefined;
  /** Why there is no other, or what plugins said of it. */
  readonly error: DialError | undefined;
}

/** Another credential in the place of one that was refused, as a router asks for it. */
export async function renewRefused(context: ProbeContext, refused: Refused): Promise<SecondTry> {
  try {
    const credential = await signIn(context, "rejected", refused);
    const another = credential.bearer?.reveal() !== refused.credential.bearer?.reveal();
    return { credential: another ? credential : undefined, error: undefined };
  } catch (cause) {
    context.signal.throwIfAborted();
    return { credential: undefined, error: asDialError(context.gateway.endpoint, cause) };
  }
}
