import type {
  ControlFrame,
  FrameHeader,
  FrameKind,
  FrameOpening,
  FrameProblem,
  HeaderCodec,
  MessageKind,
} from "@mcp-router/core/plugin";
import { negotiation, readAgreement } from "./version-negotiation.ts";

/** The only version of the layout that there is. */
const VERSION = 1;
const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024;

const REQUEST = 1;
const RESPONSE = 2;
const HEALTH = 4;
const ERROR = 5;
const NEGOTIATION = 6;
/** By type; 0 is none. A gateway negotiates nothing of its own, so that a 6 from it means nothing. */
const KINDS: readonly (FrameKind | undefined)[] = [
  undefined,
  "message",
  "message",
  "ignored",
  "echo",
  "error",
  "ignored",
  "opening",
];

interface Layout {
  readonly magic: readonly [number, number, number, number];
  /** Where the length stands. */
  readonly lengthAt: number;
}

const LAYOUTS = {
  mcpb: { magic: [0x4d, 0x43, 0x50, 0x42], lengthAt: 8 },
  // Four reserved bytes stand before the length.
  "mcpb-padded": { magic: [0x4d, 0x43, 0x50, 0x00], lengthAt: 12 },
} as const satisfies { readonly [name: string]: Layout };

/**
 * Frames of MCP bridges in Go: four magic bytes, version (u16), type (u16), in the layout `mcpb-padded` four reserved bytes, and
 * length (u32). Both sides agree on a version first.
 */
export class McpbCodec implements HeaderCodec {
  readonly longestHeader: number;
  readonly opening: FrameOpening;
  readonly #layout: Layout;

  constructor(name: keyof typeof LAYOUTS) {
    this.#layout = LAYOUTS[name];
    this.longestHeader = this.#layout.lengthAt + 4;
    const hello = negotiation(VERSION);
    this.opening = {
      hello: Buffer.concat([this.#header(NEGOTIATION, hello.length), hello]),
      accept: (payload) => readAgreement(payload, VERSION),
    };
  }

  readHeader(head: Buffer): FrameHeader | FrameProblem | undefined {
    const { magic, lengthAt } = this.#layout;
    if (magic.some((byte, index) => index < head.length && head[index] !== byte)) {
      return { problem: `something that does not begin with the magic bytes ${Buffer.from(magic).toString("hex")}` };
    }
    if (head.length < this.longestHeader) return undefined;
    const version = head.readUInt16BE(4);
    if (version !== VERSION) return { problem: `a frame of version ${version}; this router knows version ${VERSION}` };
    const type = head.readUInt16BE(6);
    const kind = KINDS[type];
    if (kind === undefined) return { problem: `a frame of type ${type}; the types are 1 to 7` };
    const payloadBytes = head.readUInt32BE(lengthAt);
    if (payloadBytes > MAX_PAYLOAD_BYTES) {
      return {
        problem: `a frame of ${payloadBytes} bytes; the layout holds at most ${MAX_PAYLOAD_BYTES}`,
        hint: "Ask the server for less at a time, or use another gateway.framing.",
        tooLarge: true,
      };
    }
    return { kind, headerBytes: this.longestHeader, payloadBytes };
  }

  messageHeader(payloadBytes: number, kind: MessageKind): Buffer | undefined {
    if (payloadBytes > MAX_PAYLOAD_BYTES) return undefined;
    return this.#header(kind === "request" || kind === "notification" ? REQUEST : RESPONSE, payloadBytes);
  }

  controlHeader(kind: ControlFrame | "echo", payloadBytes: number): Buffer | undefined {
    if (payloadBytes > MAX_PAYLOAD_BYTES) return undefined;
    if (kind === "echo") return this.#header(HEALTH, payloadBytes);
    return kind === "error" ? this.#header(ERROR, payloadBytes) : undefined;
  }

  #header(type: number, payloadBytes: number): Buffer {
    const { magic, lengthAt } = this.#layout;
    const header = Buffer.alloc(this.longestHeader);
    header.set(magic);
    header.writeUInt16BE(VERSION, 4);
    header.writeUInt16BE(type, 6);
    header.writeUInt32BE(payloadBytes, lengthAt);
    return header;
  }
}
