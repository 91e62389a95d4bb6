import { MalformedMessage } from "../message/malformed-message.ts";
import { readMessage } from "../message/raw-message.ts";

/** The id as written, when it stands at the top level of a truncated JSON text and is legal. */
export function idInHead(head: Buffer): string | undefined {
  const message = readMessage(head);
  // A complete message cannot be the head of a longer one.
  return message instanceof MalformedMessage && message.reason === "not_json" ? message.id : undefined;
}
