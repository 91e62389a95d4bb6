import type { Credential } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import type { DialTrace } from "../plugin/dial-trace.ts";
import { GatewayRefusal } from "./gateway-refusal.ts";
import { greet, type Greeting } from "./greet.ts";
import type { ProbeContext } from "./probe-context.ts";
import { ProbeSession } from "./probe-session.ts";
import { isAnonymous, renewRefused } from "./sign-in.ts";
import { withHint } from "./with-hint.ts";

/** The server behind the gateway has greeted. */
export interface Accepted {
  readonly session: ProbeSession;
  readonly greeting: Greeting;
  readonly credential: Credential;
  /** Whether the first credential was refused, and another one taken. */
  readonly renewed: boolean;
}

/** It has not. */
export interface NotAccepted {
  readonly error: Error;
  /** Undefined when the dial itself failed. */
  readonly session: ProbeSession | undefined;
  readonly credential: Credential;
  readonly renewed: boolean;
  /** Why there was no attempt with another credential. */
  readonly renewalError: DialError | undefined;
}

export interface OpenOptions {
  readonly trace?: DialTrace;
  /** Called when the transport has handed over the first connection. */
  readonly opened?: (session: ProbeSession) => void;
  /** Called for each session, so that all of them are closed. */
  readonly owns: (session: ProbeSession) => void;
}

const ANONYMOUS_HINT =
  "The gateway asks for a credential and the configuration has none: set gateway.auth (type bearer, oauth2 or mtls).";

/**
 * Opens a connection and says the first message on it, as a router does: a credential that is refused is renewed once, and a
 * gateway of version 1 gets its messages without a token.
 */
export async function openAccepted(
  context: ProbeContext,
  first: Credential,
  options: OpenOptions,
): Promise<Accepted | NotAccepted> {
  let credential = first;
  let renewed = false;
  let redialled = false;
  for (;;) {
    const result = await attempt(context, credential, renewed || redialled ? { owns: options.owns } : options);
    if ("greeting" in result) return { ...result, credential, renewed };
    const { error, session, again } = result;
    const failed = { error, session, credential, renewed, renewalError: undefined };
    if (again && !redialled) {
      redialled = true;
      continue;
    }
    if (!isRejection(error) || renewed) return failed;
    if (isAnonymous(credential, context) && context.loaded.config.authOf(context.index) === undefined) {
      return { ...failed, error: DialError.is(error) ? withHint(error, ANONYMOUS_HINT) : error };
    }
    const challenge = DialError.is(error) ? error.challenge : undefined;
    const second = await renewRefused(context, { credential, challenge });
    if (second.credential === undefined) return { ...failed, renewalError: second.error };
    credential = second.credential;
    renewed = true;
  }
}

/** Whether the gateway refused who asks, so that another credential may help. */
function isRejection(error: Error): boolean {
  if (error instanceof GatewayRefusal) return error.says === "UNAUTHORIZED";
  return DialError.is(error) && error.reason === "unauthorized";
}

type AttemptResult =
  | Pick<Accepted, "session" | "greeting">
  | (Pick<NotAccepted, "error" | "session"> & {
      /** Whether a second dial may say more, or do better. */
      readonly again: boolean;
    });

async function attempt(context: ProbeContext, credential: Credential, options: OpenOptions): Promise<AttemptResult> {
  let session: ProbeSession | undefined;
  try {
    session = await ProbeSession.open(context.session, credential, options.trace);
    options.owns(session);
    options.opened?.(session);
    return { session, greeting: await greet(context, session) };
  } catch (cause) {
    context.signal.throwIfAborted();
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const again = session?.refusedToken() === true || (session?.heard !== true && hidesTls(context, error));
    return { error, session, again };
  }
}

/** A port that hangs up on frames may be one of TLS: the transport tries that at the next dial, and then says so. */
function hidesTls({ gateway }: ProbeContext, error: Error): boolean {
  return gateway.endpoint.url.protocol === "tcp:" && DialError.is(error) && /closed the connection/.test(error.message);
}

/** Whether the gateway has refused who asks, whatever could be done about it. */
export function refusesClient(error: Error): boolean {
  if (error instanceof GatewayRefusal) return error.aboutIdentity;
  return DialError.is(error) && (error.reason === "unauthorized" || error.reason === "forbidden");
}
