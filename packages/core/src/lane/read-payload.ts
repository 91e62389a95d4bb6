import { isObject } from "../config/json-object.ts";
import { idKey as keyOfId } from "../message/id-key.ts";
import { MalformedMessage } from "../message/malformed-message.ts";
import { readMessage, type RawMessage } from "../message/raw-message.ts";
import type { GatewaySignal } from "../plugin/transport.ts";
import type { Correlation, WireRead } from "./wire.ts";

/** A larger one is not worth reading twice. */
const LARGEST_BATCH = 1024 * 1024;

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
  if (!mayAnswer(message)) return { type: "malformed", reason: detail, idKeys: [], envelope: undefined };
  const idKeys = message.reason === "batch" ? idKeysOfBatch(message.bytes) : idKey === undefined ? [] : [idKey];
  return { type: "malformed", reason: detail, idKeys, envelope };
}

function mayAnswer({ kindGuess, reason }: MalformedMessage): boolean {
  return reason === "both" || (kindGuess !== "request" && kindGuess !== "notification");
}

/** MCP has no batches; what a batch would have answered must not wait for its deadline. */
function idKeysOfBatch(bytes: Buffer): readonly string[] {
  if (bytes.length > LARGEST_BATCH) return [];
  let messages: unknown;
  try {
    messages = JSON.parse(bytes.toString("utf8"));
  } catch {
    return [];
  }
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((each: unknown) => {
    const id = isObject(each) && !("method" in each) ? each["id"] : undefined;
    const key = typeof id === "string" || typeof id === "number" ? keyOfId(JSON.stringify(id)) : undefined;
    return key === undefined ? [] : [key];
  });
}
