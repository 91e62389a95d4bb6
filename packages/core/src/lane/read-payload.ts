import { MalformedMessage } from "../message/malformed-message.ts";
import { readMessage, type RawMessage } from "../message/raw-message.ts";
import type { GatewaySignal } from "../plugin/transport.ts";
import type { Correlation, WireRead } from "./wire.ts";

/**
 * The read of a payload. A missing or wrong `jsonrpc` is the one flaw that is mended: it can only mean one thing.
 */
export function readOfPayload(
  message: RawMessage | MalformedMessage,
  envelope: Correlation | undefined,
  signal: GatewaySignal | undefined,
  rotatedToken: string | undefined,
): WireRead {
  if (!(message instanceof MalformedMessage)) return { type: "message", message, envelope, signal, rotatedToken };
  const mended = message.normalised();
  const reread = mended === undefined ? message : readMessage(mended);
  if (!(reread instanceof MalformedMessage))
    return { type: "message", message: reread, envelope, signal, rotatedToken };
  const { idKey, detail } = message;
  // Both sides may use the same id at once: what looks like a question of the gateway is the answer to none of the client's.
  if (!mayAnswer(message)) return { type: "malformed", reason: detail, idKey: undefined, envelope: undefined };
  return { type: "malformed", reason: detail, idKey, envelope };
}

function mayAnswer({ kindGuess, reason }: MalformedMessage): boolean {
  return reason === "both" || (kindGuess !== "request" && kindGuess !== "notification");
}
