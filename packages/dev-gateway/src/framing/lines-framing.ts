import { asLine } from "../stdio/as-line.ts";
import { LineSplitter } from "../stdio/line-splitter.ts";
import { FramingViolation } from "./framing-violation.ts";
import type { Framing, TcpFrame } from "./framing.ts";

const NOTHING = Buffer.alloc(0);

/** `lines`: one message on each, as over stdio. There is nothing but messages. */
export class LinesFraming implements Framing {
  readonly greets = false;
  readonly saysGoodbye = false;
  readonly #splitter: LineSplitter;
  #lines: Buffer[] = [];
  #violation: FramingViolation | undefined;

  constructor(maxMessageBytes: number) {
    this.#splitter = new LineSplitter(maxMessageBytes, {
      line: (bytes) => {
        // After a violation nothing counts; an empty line is no message.
        if (this.#violation === undefined && bytes.length > 0) this.#lines.push(bytes);
      },
      tooLong: () => {
        this.#violation ??= new FramingViolation(`a line is over the limit of ${maxMessageBytes} bytes`, 1009);
      },
    });
  }

  get unfinished(): boolean {
    return this.#splitter.unfinished;
  }

  *read(bytes: Buffer): Generator<TcpFrame> {
    this.#splitter.push(bytes);
    const lines = this.#lines;
    this.#lines = [];
    for (const payload of lines) yield { kind: "message", payload };
    if (this.#violation !== undefined) throw this.#violation;
  }

  message(payload: Buffer): Buffer {
    return asLine(payload);
  }

  pong(): Buffer {
    return NOTHING;
  }

  error(): Buffer {
    return NOTHING;
  }

  goodbye(): Buffer {
    return NOTHING;
  }

  welcome(): Buffer {
    return NOTHING;
  }
}
