import { isUtf8 } from "node:buffer";
import type { Socket } from "node:net";
import type { Channel, ChannelEnd, ChannelInfo, ChannelSink, SendResult } from "@mcp-router/core/plugin";
import { takenBytes, WriteBatch } from "@mcp-router/sockets";
import type { RawData } from "ws";
import { announcedEnd, breachEnd, brokenEnd, ownEnd } from "./channel-end.ts";
import { fragments } from "./fragments.ts";
import { WebSocket } from "./web-socket-library.ts";

/** Above this many bytes waiting in the process the channel is not writable, and writable again below the second figure. */
const HIGH_WATER_BYTES = 1024 * 1024;
const LOW_WATER_BYTES = 256 * 1024;
/** The code of a close by us: the client of a bridge leaves, and with it the bridge. */
const GOING_AWAY = 1001;
/** A close frame has room for this many bytes of reason (RFC 6455 §5.5). */
const MAX_CLOSE_REASON_BYTES = 123;

/** An open connection and what the channel must know about it. */
export interface OpenConnection {
  readonly webSocket: WebSocket;
  /** The socket beneath it, which is ours to cork and to listen on. */
  readonly socket: Socket;
  readonly info: ChannelInfo;
  /** `host:port`, for messages. */
  readonly target: string;
  readonly maxFrameBytes: number;
  readonly maxMessageBytes: number;
}

/** One open WebSocket. Reading starts with {@link WebSocketChannel.begin}. */
export class WebSocketChannel implements Channel {
  readonly info: ChannelInfo;
  readonly #connection: OpenConnection;
  readonly #webSocket: WebSocket;
  readonly #sink: ChannelSink;
  readonly #batch: WriteBatch;
  #blocked = false;
  #paused = false;
  #ended = false;
  /** Whether the bytes being read have reached the sink as a message or a sign of life. */
  #reported = false;
  /** Why we are ending the connection, when it is us. */
  #leaving: string | undefined;
  #socketError: Error | undefined;

  constructor(connection: OpenConnection, sink: ChannelSink) {
    this.info = connection.info;
    this.#connection = connection;
    this.#webSocket = connection.webSocket;
    this.#sink = sink;
    this.#batch = new WriteBatch(connection.socket);
    this.#webSocket.pause();
    this.#listen(connection.socket);
  }

  get writable(): boolean {
    return !this.#blocked && this.#webSocket.readyState === WebSocket.OPEN;
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  get takenBytes(): number {
    return takenBytes(this.#connection.socket);
  }

  /** Lets the gateway's bytes in. Whoever opened the channel calls it once its owner has hold of the channel. */
  begin(): void {
    if (!this.#paused) this.#webSocket.resume();
  }

  send(bytes: Buffer): SendResult {
    if (this.#ended || this.#webSocket.readyState !== WebSocket.OPEN) return "not_sent";
    this.#batch.begin();
    const parts = fragments(bytes, this.#connection.maxFrameBytes);
    const last = parts.length - 1;
    parts.forEach((part, index) => {
      this.#webSocket.send(part, { binary: false, fin: index === last }, index === last ? this.#written : undefined);
    });
    if (this.#webSocket.bufferedAmount > HIGH_WATER_BYTES) this.#blocked = true;
    return "handed_over";
  }

  /** Messages that arrived with the bytes being read may still reach the sink (at most one read, 64 KiB). */
  pause(): void {
    this.#paused = true;
    this.#webSocket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#webSocket.resume();
  }

  ping(): void {
    if (this.#webSocket.readyState === WebSocket.OPEN) this.#webSocket.ping();
  }

  close(reason: string): void {
    if (this.#webSocket.readyState !== WebSocket.OPEN) return;
    this.#leaving = "closed by us, and the gateway did not answer the close";
    this.#webSocket.close(GOING_AWAY, fitting(reason));
  }

  terminate(): void {
    this.#leaving = "terminated";
    this.#webSocket.terminate();
  }

  #listen(socket: Socket): void {
    const alive = (): void => this.#alive();
    this.#webSocket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    this.#webSocket.on("ping", alive);
    this.#webSocket.on("pong", alive);
    this.#webSocket.on("error", (error) => {
      this.#end(breachEnd(error, this.#connection.target, this.#connection.maxMessageBytes));
    });
    this.#webSocket.on("close", (code, reason) => this.#end(this.#endOf(code, reason.toString("utf8"))));
    socket.on("error", (error) => {
      this.#socketError = error;
    });
    // Runs after the listener of ws: if no frame ended in these bytes, they are a piece of a large one.
    socket.on("data", () => {
      if (this.#reported) this.#reported = false;
      else if (!this.#ended) this.#sink.alive();
    });
  }

  #receive(data: RawData, isBinary: boolean): void {
    // Always a Buffer: the binaryType is left at "nodebuffer".
    if (this.#ended || !Buffer.isBuffer(data)) return;
    this.#reported = true;
    // ws has checked text frames itself.
    if (isBinary && !isUtf8(data)) {
      this.#webSocket.close(1007, "binary message is not UTF-8");
      const error = Object.assign(new Error("binary message is not valid UTF-8"), {
        code: "WS_ERR_INVALID_UTF8",
      });
      this.#end(breachEnd(error, this.#connection.target, this.#connection.maxMessageBytes));
      return;
    }
    this.#sink.message(data);
  }

  #alive(): void {
    if (this.#ended) return;
    this.#reported = true;
    this.#sink.alive();
  }

  readonly #written = (): void => {
    if (!this.#blocked || this.#ended || this.#webSocket.bufferedAmount > LOW_WATER_BYTES) return;
    this.#blocked = false;
    this.#sink.drain();
  };

  #endOf(code: number, reason: string): ChannelEnd {
    if (code !== 1006) return announcedEnd(code, reason, this.#connection.target);
    return this.#leaving === undefined ? brokenEnd(this.#connection.target, this.#socketError) : ownEnd(this.#leaving);
  }

  #end(end: ChannelEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sink.closed(end);
  }
}

/** Cuts a close reason to what fits its frame, at a character. */
function fitting(reason: string): string {
  let text = reason.slice(0, MAX_CLOSE_REASON_BYTES);
  while (Buffer.byteLength(text) > MAX_CLOSE_REASON_BYTES) text = text.slice(0, -1);
  return text;
}
