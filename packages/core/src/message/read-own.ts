import { MalformedMessage } from "./malformed-message.ts";
import { readMessage, type RawMessage } from "./raw-message.ts";

/** A message that the router has made itself, or taken from one that was read before. */
export function readOwn(bytes: Buffer): RawMessage {
  const message = readMessage(bytes);
  if (message instanceof MalformedMessage)
    throw new Error(`the router made a message it cannot read: ${message.detail}`);
  return message;
}
