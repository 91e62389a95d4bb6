import type { GatewayFault } from "../envelope/gateway-fault.ts";
import { isJsonObject } from "../envelope/json-value.ts";
import { parseJson } from "../envelope/parse-json.ts";
import { FrameReader } from "./frame-reader.ts";
import type { FrameHead } from "./frame-reader.ts";
import { FramingViolation, noFrame, tooLong } from "./framing-violation.ts";
import type { Framing, MessageRole, TcpFrame } from "./framing.ts";

/** Longest payload of a frame. */
const LIMIT = 10 * 1024 * 1024;
const VERSION = 1;

const REQUEST = 1;
const RESPONSE = 2;
const HEALTH_CHECK = 4;
const ERROR = 5;
const AGREED = 7;
/** 1 request, 2 response and 3 control all carry a message; 7 is the gateway's own. */
const KINDS: readonly (TcpFrame["kind"] | undefined)[] = [
  undefined,
  "message",
  "message",
  "message",
  "ping",
  "error",
  "hello",
];

/** What the two layouts of this family differ in. */
export interface McpbLayout {
  readonly magic: Buffer;
  /** Magic, u16 version, u16 type, and u32 length at the end; what lies between is reserved. */
  readonly headLength: number;
}

export const MCPB: McpbLayout = { magic: Buffer.from("MCPB"), headLength: 12 };
export const MCPB_PADDED: McpbLayout = { magic: Buffer.from("MCP\0"), headLength: 16 };

/** `mcpb` and `mcpb-padded`, as an existing gateway and its router write them. The client begins with a negotiation. */
export class McpbFraming implements Framing {
  readonly greets = true;
  readonly saysGoodbye = false;
  readonly #layout: McpbLayout;
  readonly #limit: number;
  readonly #reader: FrameReader;

  constructor(layout: McpbLayout, maxMessageBytes: number) {
    this.#layout = layout;
    this.#limit = Math.min(LIMIT, maxMessageBytes);
    this.#reader = new FrameReader((bytes) => this.#readHead(bytes));
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

  welcome(hello: Buffer): Buffer {
    const parsed = parseJson(hello);
    if ("problem" in parsed) throw new FramingViolation(`the version negotiation is not JSON: ${parsed.problem}`);
    const { min_version: least, max_version: most } = isJsonObject(parsed.value) ? parsed.value : {};
    if (typeof least !== "number" || typeof most !== "number" || least > VERSION || most < VERSION) {
      throw new FramingViolation(`this gateway speaks version ${VERSION} of the framing, the client offers another`);
    }
    return this.#frame(AGREED, Buffer.from(JSON.stringify({ agreed_version: VERSION })));
  }

  message(payload: Buffer, role: MessageRole): Buffer | undefined {
    if (payload.length > LIMIT) return undefined;
    return this.#frame(role === "answer" ? RESPONSE : REQUEST, payload);
  }

  pong(ping: Buffer): Buffer {
    return this.#frame(HEALTH_CHECK, ping);
  }

  error(fault: GatewayFault): Buffer {
    return this.#frame(ERROR, Buffer.from(fault.message));
  }

  /** There is no frame for a goodbye; an error without a reason would only alarm. */
  goodbye(text: string): Buffer {
    return text === "" ? Buffer.alloc(0) : this.#frame(ERROR, Buffer.from(text));
  }

  #frame(type: number, payload: Buffer): Buffer {
    const { magic, headLength } = this.#layout;
    const head = Buffer.alloc(headLength);
    magic.copy(head);
    head.writeUInt16BE(VERSION, magic.length);
    head.writeUInt16BE(type, magic.length + 2);
    head.writeUInt32BE(payload.length, headLength - 4);
    return Buffer.concat([head, payload]);
  }

  #readHead(bytes: Buffer): FrameHead | undefined {
    const { magic, headLength } = this.#layout;
    if (!magic.subarray(0, bytes.length).equals(bytes.subarray(0, magic.length))) {
      throw noFrame(bytes, magic.toString("hex"));
    }
    if (bytes.length < headLength) return undefined;
    const version = bytes.readUInt16BE(magic.length);
    if (version !== VERSION) throw new FramingViolation(`there is no version ${version} of this framing`);
    const type = bytes.readUInt16BE(magic.length + 2);
    if (KINDS[type] === undefined) throw new FramingViolation(`there is no frame type ${type} for clients`);
    const payloadLength = bytes.readUInt32BE(headLength - 4);
    if (payloadLength > this.#limit) throw tooLong(payloadLength, this.#limit);
    return { type, headLength, payloadLength };
  }
}
