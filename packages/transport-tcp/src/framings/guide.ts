import type {
  ControlFrame,
  FrameHeader,
  FrameKind,
  FrameProblem,
  HeaderCodec,
  MessageKind,
} from "@mcp-router/core/plugin";

const UNTYPED_HEADER_BYTES = 6;
const TYPED_HEADER_BYTES = 7;
/** Above this many bytes the third byte of an untyped frame would not be 0. */
const MAX_UNTYPED_BYTES = 0xff_ff_ff;
const MAX_TYPED_BYTES = 0xff_ff_ff_ff;

const MESSAGE_TYPE = 1;
const CONTROL_TYPES: { readonly [kind in ControlFrame]: number } = { ping: 2, pong: 3, error: 4, close: 5 };
/** By type; 0 is none. */
const KINDS: readonly (FrameKind | undefined)[] = [undefined, "message", "ping", "pong", "error", "close"];

/**
 * Frames of the integration guide: `4D 43`, then either a length of four bytes whose first is 0 and a message (untyped), or a
 * type from 1 to 5 and a length of four bytes (typed). The third byte tells them apart; both are read at any time.
 */
export class GuideCodec implements HeaderCodec {
  readonly longestHeader = TYPED_HEADER_BYTES;
  /** Whether messages leave typed: always, or what is too large for the other kind once the peer has shown that it knows types. */
  readonly #typed: boolean;
  #peerKnowsTypes = false;

  constructor(messages: "typed" | "untyped") {
    this.#typed = messages === "typed";
  }

  readHeader(head: Buffer): FrameHeader | FrameProblem | undefined {
    if (head[0] !== 0x4d || (head.length > 1 && head[1] !== 0x43)) {
      return { problem: "something that does not begin with the magic bytes 4d 43" };
    }
    const type = head[2];
    if (type === undefined) return undefined;
    if (type === 0) {
      if (head.length < UNTYPED_HEADER_BYTES) return undefined;
      return { kind: "message", headerBytes: UNTYPED_HEADER_BYTES, payloadBytes: head.readUInt32BE(2) };
    }
    const kind = KINDS[type];
    if (kind === undefined) return { problem: `a frame of type ${type}; the types are 1 to 5` };
    if (head.length < TYPED_HEADER_BYTES) return undefined;
    this.#peerKnowsTypes = true;
    return { kind, headerBytes: TYPED_HEADER_BYTES, payloadBytes: head.readUInt32BE(3) };
  }

  messageHeader(payloadBytes: number, _kind: MessageKind): Buffer | undefined {
    if (!this.#typed && payloadBytes <= MAX_UNTYPED_BYTES) {
      const header = Buffer.allocUnsafe(UNTYPED_HEADER_BYTES);
      header.writeUInt16BE(0x4d43, 0);
      header.writeUInt32BE(payloadBytes, 2);
      return header;
    }
    if (!this.#typed && !this.#peerKnowsTypes) return undefined;
    return typedHeader(MESSAGE_TYPE, payloadBytes);
  }

  controlHeader(kind: ControlFrame | "echo", payloadBytes: number): Buffer | undefined {
    return kind === "echo" ? undefined : typedHeader(CONTROL_TYPES[kind], payloadBytes);
  }
}

function typedHeader(type: number, payloadBytes: number): Buffer | undefined {
  if (payloadBytes > MAX_TYPED_BYTES) return undefined;
  const header = Buffer.allocUnsafe(TYPED_HEADER_BYTES);
  header.writeUInt16BE(0x4d43, 0);
  header.writeUInt8(type, 2);
  header.writeUInt32BE(payloadBytes, 3);
  return header;
}
