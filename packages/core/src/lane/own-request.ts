import { readOwn } from "../message/read-own.ts";
import type { Message } from "../plugin/message.ts";
import type { Said } from "./session-memory.ts";

/** A request of the router's own. */
export interface OwnRequest extends Said {
  readonly answered: (reply: Message) => void;
  /** The id of its transmission. */
  readonly transmission: string;
  /** Sent a second time because the gateway refused the first for the token in it. */
  readonly withoutToken?: true;
}

/** What the gateway has said outside JSON-RPC, as the answer it stands for. */
export function refusal({ message }: OwnRequest, text: string): Message {
  const error = JSON.stringify({ code: -32_000, message: text });
  return readOwn(Buffer.from(`{"jsonrpc":"2.0","id":${message.id ?? "null"},"error":${error}}`));
}
