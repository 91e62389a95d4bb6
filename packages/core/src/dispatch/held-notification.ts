import type { RawMessage } from "../message/raw-message.ts";

/** A notification of the client that waits for a lane. */
export class HeldNotification {
  readonly message: RawMessage;
  readonly namespace: string | undefined;

  constructor(message: RawMessage, namespace: string | undefined) {
    this.message = message;
    this.namespace = namespace;
  }

  get bytes(): number {
    return this.message.bytes.length;
  }
}
