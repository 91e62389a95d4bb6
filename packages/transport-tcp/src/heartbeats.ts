import type { FrameWriter } from "./frame-writer.ts";

/** So many answers to heartbeats of the gateway may wait for it to read; ws has the same guard against floods. */
const MAX_WAITING_ANSWERS = 60;

/**
 * Milliseconds between two echoes. A gateway may send back whatever it gets, as we do; nobody asks for a sign of life more
 * often.
 */
const ECHO_EVERY_MS = 1000;

const NOTHING = Buffer.alloc(0);

/** The heartbeats of one connection, ours and the gateway's, where its layout has such frames. */
export class Heartbeats {
  readonly #writer: FrameWriter;
  /** Our own heartbeats in a layout that does not tell an answer from a question. */
  #unanswered = 0;
  #waiting = 0;
  #echoedAt = Number.NEGATIVE_INFINITY;

  constructor(writer: FrameWriter) {
    this.#writer = writer;
  }

  /** Whether the layout has them. */
  get exist(): boolean {
    return this.#writer.has("ping") || this.#writer.has("echo");
  }

  /** Asks for a sign of life: a ping with the time in milliseconds, or a frame that comes back as it is. */
  send(): void {
    if (this.#writer.has("ping")) {
      const time = Buffer.alloc(8);
      time.writeBigUInt64BE(BigInt(Date.now()));
      this.#writer.control("ping", time);
      return;
    }
    this.#unanswered++;
    this.#writer.control("echo", NOTHING);
  }

  /** Answers the gateway's ping. False when too many answers wait for a gateway that does not read. */
  answer(kind: "pong" | "echo", payload: Buffer): boolean {
    if (kind === "echo") {
      if (this.#unanswered > 0) {
        this.#unanswered--;
        return true;
      }
      const now = performance.now();
      if (now - this.#echoedAt < ECHO_EVERY_MS) return true;
      this.#echoedAt = now;
    }
    if (this.#waiting >= MAX_WAITING_ANSWERS && this.#writer.blocked) return false;
    this.#waiting++;
    this.#writer.control(kind, payload, this.#written);
    return true;
  }

  readonly #written = (): void => {
    this.#waiting--;
  };
}
