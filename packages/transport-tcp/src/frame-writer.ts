import type { Socket } from "node:net";
import type { ControlFrame, FrameCodec, MessageKind } from "@mcp-router/core/plugin";
import { WriteBatch } from "@mcp-router/sockets";

/** Writes frames to a socket. Everything that is written in one turn of the event loop leaves in one system call. */
export class FrameWriter {
  readonly #socket: Socket;
  readonly #codec: FrameCodec;
  readonly #batch: WriteBatch;
  readonly #delimiter: Buffer;

  constructor(socket: Socket, codec: FrameCodec) {
    this.#socket = socket;
    this.#codec = codec;
    this.#batch = new WriteBatch(socket);
    this.#delimiter = Buffer.from("delimiter" in codec ? [codec.delimiter] : []);
  }

  /** Whether more waits than the peer is taking. */
  get blocked(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** False when the message does not fit into a frame; nothing was written then. */
  message(bytes: Buffer, kind: MessageKind): boolean {
    if ("delimiter" in this.#codec) {
      this.#batch.begin();
      this.#socket.write(bytes);
      this.#socket.write(this.#delimiter);
      return true;
    }
    const header = this.#codec.messageHeader(bytes.length, kind);
    if (header === undefined) return false;
    this.#batch.begin();
    this.#socket.write(header);
    this.#socket.write(bytes);
    return true;
  }

  /** Whether the layout has this frame. */
  has(kind: ControlFrame | "echo"): boolean {
    return !("delimiter" in this.#codec) && this.#codec.controlHeader(kind, 0) !== undefined;
  }

  /** Writes a frame without a message, if the layout has it. @param written Called when the system has taken it. */
  control(kind: ControlFrame | "echo", payload: Buffer, written?: () => void): void {
    const header = "delimiter" in this.#codec ? undefined : this.#codec.controlHeader(kind, payload.length);
    if (header === undefined) return;
    this.#batch.begin();
    // Control frames are small: one piece instead of two.
    this.#socket.write(Buffer.concat([header, payload]), written);
  }
}
