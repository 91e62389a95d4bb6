import {
  escapeForPeople,
  type FrameHeader,
  type FrameKind,
  type FrameProblem,
  type HeaderCodec,
} from "@mcp-router/core/plugin";
import { LONGEST_EXCERPT } from "@mcp-router/sockets";
import { ChunkList } from "./chunk-list.ts";
import type { Frame, FrameFault, FrameReader } from "./frame-reader.ts";
import { overLayout, tooLarge } from "./too-large.ts";

/**
 * Bytes of frames without a message. A heartbeat carries a time stamp at most; as with WebSocket, 125 bytes are enough for
 * anybody's (RFC 6455 §5.5). The others are an error, the reason of a close, and what negotiates.
 */
const MOST_BYTES: { readonly [kind in FrameKind]?: number } = {
  ping: 125,
  pong: 125,
  echo: 125,
  error: 64 * 1024,
  close: 64 * 1024,
  opening: 64 * 1024,
};

/** Reads frames whose header says how long they are. Nothing is allocated for a frame before all of it has arrived. */
export class HeaderReader implements FrameReader {
  readonly #codec: HeaderCodec;
  readonly #maxMessageBytes: number;
  readonly #chunks = new ChunkList();
  /** The header of the frame being read, once it was read itself. */
  #header: FrameHeader | undefined;
  #fault: FrameFault | undefined;
  #frame = 0;
  #begin = 0;
  #end = 0;

  constructor(codec: HeaderCodec, maxMessageBytes: number) {
    this.#codec = codec;
    this.#maxMessageBytes = maxMessageBytes;
  }

  get inside(): boolean {
    return this.#header !== undefined || this.#chunks.length > 0;
  }

  get place(): { readonly frame: number; readonly byte: number } {
    return { frame: this.#frame, byte: this.#begin };
  }

  push(bytes: Buffer): void {
    this.#chunks.push(bytes);
  }

  peek(count: number): Buffer {
    return this.#chunks.peek(count);
  }

  next(): Frame | FrameFault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    this.#header ??= this.#readHeader();
    if (this.#header === undefined) return this.#fault;
    const { kind, payloadBytes } = this.#header;
    if (this.#chunks.length < payloadBytes) return undefined;
    this.#header = undefined;
    return { kind, payload: this.#chunks.take(payloadBytes) };
  }

  #readHeader(): FrameHeader | undefined {
    if (this.#chunks.length === 0) return undefined;
    if (this.#begin !== this.#end || this.#frame === 0) {
      this.#begin = this.#end;
      this.#frame++;
    }
    const head = this.#chunks.peek(this.#codec.longestHeader);
    const header = this.#askCodec(head);
    if (header === undefined) {
      if (head.length >= this.#codec.longestHeader) this.#fault = { problem: "a header without an end", foreign: true };
      return undefined;
    }
    if ("problem" in header) {
      this.#fault = header.tooLarge === true ? overLayout(header) : { foreign: true, ...header };
      return undefined;
    }
    this.#fault = this.#limitFault(header);
    if (this.#fault !== undefined) return undefined;
    this.#end += header.headerBytes + header.payloadBytes;
    this.#chunks.skip(header.headerBytes);
    return header;
  }

  /** A codec may be a plugin's: what it does wrong ends this connection, and neither the process nor its turn. */
  #askCodec(head: Buffer): FrameHeader | FrameProblem | FrameFault | undefined {
    try {
      const header = this.#codec.readHeader(head);
      if (header === undefined || "problem" in header || isPossible(header, head)) return header;
      const { headerBytes, payloadBytes } = header;
      return codecFault(`it reads ${headerBytes} bytes of header and ${payloadBytes} of payload`);
    } catch (cause) {
      return codecFault(escapeForPeople(cause instanceof Error ? cause.message : String(cause), LONGEST_EXCERPT));
    }
  }

  #limitFault({ kind, payloadBytes }: FrameHeader): FrameFault | undefined {
    if (kind === "message" && payloadBytes === 0) return { problem: "an empty message", foreign: false };
    const most = MOST_BYTES[kind];
    if (most === undefined) {
      const found = `${kind === "message" ? "a message" : "a frame"} of ${payloadBytes} bytes`;
      return payloadBytes > this.#maxMessageBytes ? tooLarge(found, this.#maxMessageBytes) : undefined;
    }
    if (payloadBytes <= most) return undefined;
    return {
      problem: `a frame of kind “${kind}” with ${payloadBytes} bytes; at most ${most} are taken`,
      foreign: false,
    };
  }
}

/** A header of no bytes would be read for ever. */
function isPossible({ headerBytes, payloadBytes }: FrameHeader, head: Buffer): boolean {
  const whole = Number.isSafeInteger(headerBytes) && Number.isSafeInteger(payloadBytes);
  return whole && headerBytes > 0 && headerBytes <= head.length && payloadBytes >= 0;
}

function codecFault(what: string): FrameFault {
  return {
    problem: `a header that the codec of gateway.framing fails on (${what})`,
    hint: "Mend the plugin of that framing, or set gateway.framing to another one.",
    foreign: false,
  };
}
