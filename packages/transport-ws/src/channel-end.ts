import { type ChannelEnd, DialError, type DialReason, escapeForPeople } from "@mcp-router/core/plugin";
import { LONGEST_EXCERPT } from "@mcp-router/sockets";

/**
 * Close codes by which a gateway reports a fault. None is permanent: whether waiting mends it shows at the next dial.
 * 1000, 1001, 1005 and 1012 are plain closes.
 */
const FAULTS: ReadonlyMap<number, DialReason> = new Map([
  [1002, "protocol"],
  [1003, "protocol"],
  [1007, "protocol"],
  [1008, "unauthorized"],
  [1009, "protocol"],
  [1010, "protocol"],
  [1011, "unavailable"],
  [1013, "rate_limited"],
  [1014, "unavailable"],
  [4401, "unauthorized"],
  [4403, "forbidden"],
  [4429, "rate_limited"],
]);

const HINTS: ReadonlyMap<number, string> = new Map([
  [1008, "The gateway's policy ended the connection, often because of the token; its reason and its log tell more."],
  [
    1009,
    "A message was larger than the gateway takes. If its limit is on frames, set gateway.connection.max_frame_bytes.",
  ],
]);

/** The end of a connection that a close frame of the gateway announced (1005: one without a code). */
export function announcedEnd(code: number, reasonText: string, target: string): ChannelEnd {
  const text = escapeForPeople(reasonText, LONGEST_EXCERPT);
  const fault = FAULTS.get(code);
  if (fault === undefined) return { code, reason: text };
  const because = text === "" ? "" : `: ${text}`;
  const error = new DialError(fault, `${target} closed the connection with code ${code}${because}.`, {
    permanent: false,
    hint: HINTS.get(code),
  });
  return { code, reason: text, error };
}

/** The end of a connection that broke without a close frame (WebSocket reports code 1006). */
export function brokenEnd(target: string, cause: Error | undefined): ChannelEnd {
  const code: unknown = cause === undefined ? undefined : Reflect.get(cause, "code");
  const what = typeof code === "string" ? code : (cause?.message ?? "it ended without a close frame");
  const reason = `connection lost: ${escapeForPeople(what, LONGEST_EXCERPT)}`;
  const error = new DialError(
    "unreachable",
    `The connection to ${target} was lost: ${escapeForPeople(what, LONGEST_EXCERPT)}.`,
    { cause },
  );
  return { code: 1006, reason, error };
}

/** The end of a connection that we cut, or whose orderly close was not answered in time. */
export function ownEnd(reason: string): ChannelEnd {
  return { code: 1006, reason };
}

interface Breach {
  readonly code: number;
  readonly says: string;
  readonly hint?: string;
}

function breachOf(errorCode: string, message: string, maxMessageBytes: number): Breach {
  switch (errorCode) {
    case "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH":
    case "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH":
      return {
        code: 1009,
        says: `a message of the gateway is larger than ${maxMessageBytes} bytes`,
        hint: "Raise gateway.connection.max_message_bytes, or ask the server for less at a time.",
      };
    case "WS_ERR_TOO_MANY_BUFFERED_PARTS":
      return { code: 1008, says: "a message of the gateway came in too many pieces" };
    case "WS_ERR_INVALID_UTF8":
      return { code: 1007, says: "a message of the gateway is not valid UTF-8" };
    default:
      return { code: 1002, says: escapeForPeople(message, LONGEST_EXCERPT) };
  }
}

/** The end of a connection on which the gateway broke a rule of WebSocket or one of our limits. */
export function breachEnd(error: Error, target: string, maxMessageBytes: number): ChannelEnd {
  const errorCode: unknown = Reflect.get(error, "code");
  if (typeof errorCode !== "string" || !errorCode.startsWith("WS_ERR_")) return brokenEnd(target, error);
  const { code, says, hint } = breachOf(errorCode, error.message, maxMessageBytes);
  return {
    code,
    reason: says,
    error: new DialError("protocol", `The connection to ${target} was closed with code ${code}: ${says}.`, {
      permanent: false,
      hint,
      cause: error,
    }),
  };
}
