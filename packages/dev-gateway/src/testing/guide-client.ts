import { isJsonObject } from "../envelope/json-value.ts";
import type { JsonObject } from "../envelope/json-value.ts";
import { TcpClient } from "./tcp-client.ts";

/** One frame of the `guide` and `typed` layouts; type 0 is untyped data. */
export interface GuideFrame {
  readonly type: number;
  readonly payload: Buffer;
}

/** Writes a frame by hand. */
export function guideFrame(type: number, payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([Buffer.from("MC"), type === 0 ? Buffer.alloc(0) : Buffer.from([type]), length, bytes]);
}

/** A client that frames by hand; it shares no code with the gateway. */
export class GuideClient {
  readonly tcp: TcpClient;

  private constructor(tcp: TcpClient) {
    this.tcp = tcp;
  }

  static async open(url: string, ca?: string): Promise<GuideClient> {
    return new GuideClient(await TcpClient.open(url, ca));
  }

  /** Sends a message in an envelope, untyped. */
  send(message: JsonObject, parts: JsonObject = {}): void {
    this.tcp.write(guideFrame(0, JSON.stringify({ id: "e1", ...parts, mcp_payload: { jsonrpc: "2.0", ...message } })));
  }

  async next(): Promise<GuideFrame> {
    const head = await this.tcp.take(6);
    if (head.toString("latin1", 0, 2) !== "MC") throw new Error(`no frame: ${head.toString("hex")}`);
    const type = head.readUInt8(2);
    const length = type === 0 ? head.readUInt32BE(2) : Buffer.concat([head, await this.tcp.take(1)]).readUInt32BE(3);
    return { type, payload: await this.tcp.take(length) };
  }

  /** The message in the next frame's envelope. */
  async nextMessage(): Promise<JsonObject> {
    const { payload } = await this.next();
    const envelope: unknown = JSON.parse(payload.toString());
    if (!isJsonObject(envelope)) throw new Error("no envelope");
    return isJsonObject(envelope["mcp_payload"]) ? envelope["mcp_payload"] : envelope;
  }

  async request(message: JsonObject): Promise<JsonObject> {
    this.send(message);
    return this.nextMessage();
  }
}
