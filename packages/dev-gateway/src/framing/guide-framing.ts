import type { GatewayFault } from "../envelope/gateway-fault.ts";
import { FrameReader } from "./frame-reader.ts";
import type { FrameHead } from "./frame-reader.ts";
import { FramingViolation, noFrame, tooLong } from "./framing-violation.ts";
import type { Framing, TcpFrame } from "./framing.ts";

const MAGIC = Buffer.from("MC");
const DATA = 1;
const PING = 2;
const PONG = 3;
const ERROR = 4;
const CLOSE = 5;
const KINDS: readonly (TcpFrame["kind"] | undefined)[] = [undefined, "message", "ping", "pong", "error", "close"];

/** Untyped data begins with magic and length, whose first byte is 0; everything else has its type there. */
const UNTYPED_HEAD = 6;
const TYPED_HEAD = 7;
/** The length of untyped data must leave its first byte 0. */
const UNTYPED_LIMIT = 16 * 1024 * 1024 - 1;
/** Pings carry 8 bytes, reasons a sentence. */
const CONTROL_LIMIT = 64 * 1024;

export interface GuideFramingOptions {
  /** Whether data is sent with its type. */
  readonly typed: boolean;
  readonly maxMessageBytes: number;
}

/**
 * `guide` and `typed`: magic `4D 43`, then u32 length and data, or type, u32 length and payload. The third byte tells which,
 * so both are read at any time; `typed` says what is sent.
 */
export class GuideFraming implements Framing {
  readonly greets = false;
  readonly saysGoodbye = true;
  readonly #typed: boolean;
  readonly #reader: FrameReader;
  /** A client that has sent a typed frame can read one. */
  #clientIsTyped = false;

  constructor({ typed, maxMessageBytes }: GuideFramingOptions) {
    this.#typed = typed;
    this.#reader = new FrameReader((bytes) => this.#readHead(bytes, maxMessageBytes));
  }

  get unfinished(): boolean {
    return this.#reader.unfinished;
  }

  *read(bytes: Buffer): Generator<TcpFrame> {
    for (const { type, payload } of this.#reader.push(bytes)) {
      const kind = KINDS[type];
      if (kind !== undefined) yield { kind, payload };
    }
  }

  message(payload: Buffer): Buffer | undefined {
    if (!this.#typed && payload.length <= UNTYPED_LIMIT) {
      const head = Buffer.alloc(UNTYPED_HEAD);
      MAGIC.copy(head);
      head.writeUInt32BE(payload.length, MAGIC.length);
      return Buffer.concat([head, payload]);
    }
    return this.#typed || this.#clientIsTyped ? typedFrame(DATA, payload) : undefined;
  }

  pong(ping: Buffer): Buffer {
    return typedFrame(PONG, ping);
  }

  error(fault: GatewayFault): Buffer {
    return typedFrame(ERROR, Buffer.from(JSON.stringify(fault)));
  }

  goodbye(text: string): Buffer {
    return typedFrame(CLOSE, Buffer.from(text));
  }

  welcome(): Buffer {
    return Buffer.alloc(0);
  }

  #readHead(bytes: Buffer, maxMessageBytes: number): FrameHead | undefined {
    if (!MAGIC.subarray(0, bytes.length).equals(bytes.subarray(0, MAGIC.length))) throw noFrame(bytes, "4d43");
    const third = bytes[MAGIC.length];
    if (third === undefined) return undefined;
    if (third > CLOSE) throw new FramingViolation(`there is no frame type ${third}`);
    const typed = third !== 0;
    if (typed) this.#clientIsTyped = true;
    const headLength = typed ? TYPED_HEAD : UNTYPED_HEAD;
    if (bytes.length < headLength) return undefined;
    const payloadLength = bytes.readUInt32BE(headLength - 4);
    const type = typed ? third : DATA;
    const limit = type === DATA ? maxMessageBytes : CONTROL_LIMIT;
    if (payloadLength > limit) throw tooLong(payloadLength, limit);
    if (type === PING && payloadLength !== 0 && payloadLength !== 8) {
      throw new FramingViolation(`a ping carries nothing or 8 bytes, not ${payloadLength}`);
    }
    return { type, headLength, payloadLength };
  }
}

function typedFrame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(TYPED_HEAD);
  MAGIC.copy(head);
  head.writeUInt8(type, MAGIC.length);
  head.writeUInt32BE(payload.length, MAGIC.length + 1);
  return Buffer.concat([head, payload]);
}
