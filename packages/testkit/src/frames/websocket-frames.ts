import { ByteQueue } from "./byte-queue.ts";
import type { Frame } from "./frame.ts";
import type { FrameSplitter, Portion, StreamSplitter } from "./frame-splitter.ts";
import { LONGEST_HEADER, readWebSocketHeader } from "./websocket-header.ts";

/** One WebSocket frame: a whole message, a fragment of one, or a control frame. */
export interface WebSocketFrame extends Frame {
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number;
  /** Whether it is the last of its message. */
  readonly fin: boolean;
  /** Without the mask. */
  readonly payload: Buffer;
  /** As on the wire, with head and mask. */
  readonly bytes: Buffer;
}

export interface WebSocketFramesOptions {
  /** Longest frame in bytes that is gathered. A longer one passes unseen, in the pieces in which it comes. Default 64 MiB. */
  readonly maxFrameBytes?: number;
}

const MAX_FRAME_BYTES = 64 * 1024 * 1024;
/** Whoever has not ended the head of an HTTP message by then speaks something else. */
const MAX_HEAD_BYTES = 64 * 1024;
const HEAD_END = Buffer.from("\r\n\r\n");
/** The answer to an upgrade that is granted; a request never begins so. */
const SWITCHING = /^HTTP\/1\.1 101\b/;

/** The frames of WebSocket (RFC 6455), after the HTTP upgrade. A connection that is not upgraded has none. */
export function webSocketFrames(options: WebSocketFramesOptions = {}): FrameSplitter<WebSocketFrame> {
  const { maxFrameBytes = MAX_FRAME_BYTES } = options;
  return () => new WebSocketSplitter(maxFrameBytes);
}

class WebSocketSplitter implements StreamSplitter<WebSocketFrame> {
  readonly #maxFrameBytes: number;
  readonly #queue = new ByteQueue();
  #state: "head" | "frames" | "no protocol" = "head";
  /** How much of a frame that is too long has still to come. */
  #passing = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  push(bytes: Buffer): readonly Portion<WebSocketFrame>[] {
    this.#queue.push(bytes);
    const portions: Portion<WebSocketFrame>[] = [];
    for (let portion = this.#next(); portion !== undefined; portion = this.#next()) portions.push(portion);
    return portions;
  }

  rest(): Buffer {
    return this.#queue.take(this.#queue.length);
  }

  #next(): Portion<WebSocketFrame> | undefined {
    if (this.#queue.length === 0) return undefined;
    if (this.#state === "head") return this.#head();
    if (this.#state === "no protocol") return { bytes: this.rest() };
    return this.#frame();
  }

  #head(): Portion<WebSocketFrame> | undefined {
    const seen = this.#queue.peek(MAX_HEAD_BYTES);
    const end = seen.indexOf(HEAD_END);
    if (end < 0) {
      if (seen.length < MAX_HEAD_BYTES) return undefined;
      this.#state = "no protocol";
      return { bytes: this.rest() };
    }
    const head = this.#queue.take(end + HEAD_END.length);
    const text = head.toString("latin1");
    this.#state = text.startsWith("HTTP/") && !SWITCHING.test(text) ? "no protocol" : "frames";
    return { bytes: head };
  }

  #frame(): Portion<WebSocketFrame> | undefined {
    if (this.#passing > 0) return this.#pass(0);
    const header = readWebSocketHeader(this.#queue.peek(LONGEST_HEADER));
    if (header === undefined) return undefined;
    const { opcode, fin, mask, headerLength, payloadLength } = header;
    const length = headerLength + payloadLength;
    if (length > this.#maxFrameBytes) return this.#pass(length);
    if (this.#queue.length < length) return undefined;
    const bytes = this.#queue.take(length);
    return { bytes, frame: { opcode, fin, payload: unmask(bytes.subarray(headerLength), mask), bytes } };
  }

  #pass(more: number): Portion<WebSocketFrame> {
    this.#passing += more;
    const bytes = this.#queue.take(this.#passing);
    this.#passing -= bytes.length;
    return { bytes };
  }
}

function unmask(payload: Buffer, mask: Buffer | undefined): Buffer {
  if (mask === undefined) return payload;
  const plain = Buffer.from(payload);
  for (let place = 0; place < plain.length; place++) plain[place] = (plain[place] ?? 0) ^ (mask[place & 3] ?? 0);
  return plain;
}
