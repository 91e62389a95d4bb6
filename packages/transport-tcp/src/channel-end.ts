import { type ChannelEnd, DialError, escapeForPeople } from "@mcp-router/core/plugin";
import { type DialProgress, LONGEST_EXCERPT, socketFailure, textMember } from "@mcp-router/sockets";
import type { FrameFault } from "./frame-reader.ts";

/** The end of a connection that the gateway has closed in order, with what it said about it. */
export function plainEnd(reason: string): ChannelEnd {
  return { code: undefined, reason: escapeForPeople(reason, LONGEST_EXCERPT) };
}

/** The end of a connection that broke. */
export function brokenEnd(what: string, progress: DialProgress, cause?: Error): ChannelEnd {
  const reason = `connection lost: ${what}`;
  const error = new DialError("unreachable", `The connection to ${progress.target} was lost: ${what}.`, { cause });
  return { code: undefined, reason, error };
}

/** The end of a connection by an error of the socket; with TLS, also a refusal that comes only after the handshake. */
export function failedEnd(cause: Error, progress: DialProgress): ChannelEnd {
  const code = textMember(cause, "code");
  // Behind the handshake only an alert is the gateway's word; anything else is somebody breaking in.
  const failure = code.includes("_ALERT_") ? socketFailure(cause, progress) : undefined;
  if (failure?.reason === "tls") return { code: undefined, reason: failure.message, error: failure };
  const what = code || escapeForPeople(cause.message, LONGEST_EXCERPT);
  return brokenEnd(what, progress, cause);
}

/** The end of a connection on which the gateway never said a word. @param how What the system called it. */
export function silentEnd(how: string, framing: string, progress: DialProgress, cause?: Error): ChannelEnd {
  const starting = "a gateway that is starting may do this for a while";
  const check = `check gateway.framing (here “${framing}”)`;
  return {
    code: undefined,
    reason: `closed without a word (${how})`,
    error: new DialError("unreachable", `${progress.target} closed the connection without a word (${how}).`, {
      hint: progress.secure
        ? `Check that the gateway accepts the client certificate if one is set, and ${check}; ${starting}.`
        : `If the port speaks TLS use tcps://; ${check}; ${starting}.`,
      cause,
    }),
  };
}

/** The end of a connection on which the gateway broke a rule of the layout or one of our limits. */
export function breachEnd(
  { problem, hint, code }: Pick<FrameFault, "problem" | "hint" | "code">,
  { frame, byte }: { readonly frame: number; readonly byte: number },
  progress: DialProgress,
): ChannelEnd {
  const says = `the gateway sent ${problem}`;
  return {
    code,
    reason: says,
    error: new DialError(
      "protocol",
      `The connection to ${progress.target} was closed: ${says} (frame ${frame}, at byte ${byte} of the connection).`,
      { permanent: false, hint },
    ),
  };
}
