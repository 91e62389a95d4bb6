import { isUtf8 } from "node:buffer";
import type { Socket } from "node:net";
import type {
  Channel,
  ChannelEnd,
  ChannelInfo,
  ChannelSink,
  FrameCodec,
  Logger,
  SendFacts,
  SendResult,
} from "@mcp-router/core/plugin";
import { type DialProgress, isTlsSocket, takenBytes } from "@mcp-router/sockets";
import { breachEnd, brokenEnd, failedEnd, plainEnd, silentEnd } from "./channel-end.ts";
import { readErrorFrame } from "./error-frame.ts";
import type { Frame, FrameFault, FrameReader } from "./frame-reader.ts";
import { FrameWriter } from "./frame-writer.ts";
import { Heartbeats } from "./heartbeats.ts";
import { type Expected, isOwnLayout, mismatch } from "./mismatch.ts";

/** Milliseconds that an orderly close may take before the socket is cut. */
const CLOSE_TIMEOUT_MS = 1000;
/** Characters of a reason to close that are sent. */
const MAX_REASON = 120;

/** An open connection and what the channel must know about it. */
export interface OpenConnection {
  /** Connected and not reading. */
  readonly socket: Socket;
  readonly codec: FrameCodec;
  readonly reader: FrameReader;
  readonly expected: Expected;
  readonly progress: DialProgress;
  readonly maxMessageBytes: number;
  readonly wire: "envelope" | "json-rpc";
  readonly log: Logger;
  /** Called when the gateway has closed the connection without a word. */
  readonly hungUp: () => void;
}

/** One open connection of frames. Reading starts with {@link TcpChannel.begin}. */
export class TcpChannel implements Channel {
  readonly info: ChannelInfo;
  /** Absent in layouts that have no such frame. */
  declare readonly ping?: () => void;
  readonly #connection: OpenConnection;
  readonly #socket: Socket;
  readonly #sink: ChannelSink;
  readonly #writer: FrameWriter;
  readonly #heartbeats: Heartbeats;
  #paused = false;
  /** Messages may leave. */
  #open = true;
  /** Nothing of the gateway counts any more. */
  #deaf = false;
  /** Everything that has arrived is delivered, paused or not: the end is there. */
  #flushing = false;
  #ended = false;
  /** Whether the gateway has ever sent a whole frame, and whether it has sent a byte. */
  #understood = false;
  #heard = false;
  /** Whether the bytes being read have reached the sink as a message or a sign of life. */
  #reported = false;
  /** How the connection ends, once that is known before it has. */
  #end: ChannelEnd | undefined;
  #lastError = "";
  #socketError: Error | undefined;
  #closeTimer: NodeJS.Timeout | undefined;

  constructor(connection: OpenConnection, sink: ChannelSink) {
    const { socket, codec, expected, progress } = connection;
    const version = isTlsSocket(socket) ? [socket.getProtocol() ?? "TLS"] : [];
    this.info = { protocol: [progress.secure ? "tcps" : "tcp", ...version, expected.framing].join(", ") };
    this.#connection = connection;
    this.#socket = socket;
    this.#sink = sink;
    this.#writer = new FrameWriter(socket, codec);
    this.#heartbeats = new Heartbeats(this.#writer);
    if (this.#heartbeats.exist) {
      this.ping = () => {
        if (this.#open) this.#heartbeats.send();
      };
    }
    socket.pause();
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    socket.on("drain", () => {
      if (this.#open) sink.drain();
    });
    socket.on("error", (error) => {
      this.#socketError = error;
      // TLS reports an error behind its handshake, and leaves the socket open.
      socket.destroy();
    });
    socket.on("end", () => this.#hangUp());
    socket.on("close", () => this.#closed());
  }

  get writable(): boolean {
    return this.#open && !this.#writer.blocked;
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  get takenBytes(): number {
    return takenBytes(this.#socket);
  }

  /** Lets the gateway's bytes in. Whoever opened the channel calls it once its owner has hold of the channel. */
  begin(): void {
    this.#deliver();
    if (!this.#paused) this.#socket.resume();
  }

  send(bytes: Buffer, { kind }: SendFacts): SendResult {
    if (!this.#open || !this.#socket.writable) return "not_sent";
    if (bytes.length > this.#connection.maxMessageBytes) return "too_large";
    return this.#writer.message(bytes, kind) ? "handed_over" : "too_large";
  }

  /** At once: messages that arrived with the bytes being read are kept. */
  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    // Not in the caller's turn, who may be in the middle of what made it resume.
    process.nextTick(() => {
      if (this.#paused) return;
      this.#deliver();
      if (!this.#paused) this.#socket.resume();
    });
  }

  close(reason: string): void {
    if (!this.#open) return;
    this.#end = { code: undefined, reason: "closed by us" };
    this.#writer.control("close", Buffer.from(reason.slice(0, MAX_REASON)));
    this.#hangUp();
  }

  terminate(): void {
    this.#end ??= { code: undefined, reason: "terminated" };
    this.#deaf = true;
    this.#open = false;
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    if (this.#deaf) return;
    this.#heard = true;
    this.#connection.reader.push(bytes);
    this.#reported = false;
    this.#deliver();
    if (!this.#reported && !this.#deaf) this.#sink.alive();
  }

  #deliver(): void {
    // The sink may pause, resume, close or cut in the middle of this; it is never run again before it has returned.
    while (!this.#deaf && (this.#flushing || !this.#paused)) {
      const frame = this.#connection.reader.next();
      if (frame === undefined) break;
      if ("problem" in frame) this.#refuse(frame);
      else this.#take(frame);
    }
  }

  #take({ kind, payload }: Frame): void {
    this.#understood = true;
    switch (kind) {
      case "message":
        if (!isUtf8(payload)) {
          this.#breach({ problem: "a message that is not valid UTF-8" });
          return;
        }
        this.#lastError = "";
        this.#reported = true;
        this.#sink.message(payload);
        return;
      case "ping":
      case "echo":
        this.#alive();
        if (this.#open && !this.#heartbeats.answer(kind === "ping" ? "pong" : "echo", payload)) {
          this.#breach({ problem: "more pings than it reads answers to" });
          this.#socket.destroy();
        }
        return;
      case "error":
        this.#takeError(payload);
        return;
      case "close":
        this.#end ??= plainEnd(
          [payload.toString("utf8"), this.#lastError].filter((text) => text !== "").join(", after "),
        );
        this.#deaf = true;
        this.#hangUp();
        return;
      case "pong":
      case "opening":
      case "ignored":
        this.#alive();
    }
  }

  #takeError(payload: Buffer): void {
    const { envelope, summary, answers } = readErrorFrame(payload);
    this.#lastError = summary;
    if (answers || this.#connection.wire === "envelope") {
      this.#reported = true;
      this.#sink.message(envelope);
      return;
    }
    this.#connection.log.warn({ error: summary }, "the gateway sent an error frame");
    this.#alive();
  }

  #alive(): void {
    this.#reported = true;
    if (!this.#deaf) this.#sink.alive();
  }

  #refuse(fault: FrameFault): void {
    const { reader, expected, progress } = this.#connection;
    if (this.#understood || !fault.foreign || isOwnLayout(reader, expected)) {
      this.#breach(fault);
      return;
    }
    const error = mismatch(fault, reader, expected, progress);
    this.#report({ code: undefined, reason: error.message, error });
    this.#socket.destroy();
  }

  /** Ends the connection because of what the gateway has sent, and tells it why. */
  #breach(fault: Pick<FrameFault, "problem" | "hint" | "code">): void {
    const { reader, progress } = this.#connection;
    this.#writer.control("close", Buffer.from(`protocol error: ${fault.problem}`));
    this.#report(breachEnd(fault, reader.place, progress));
    this.#hangUp();
  }

  /** Sends what waits and a FIN; cuts the socket when the gateway does not do the same soon. */
  #hangUp(): void {
    this.#open = false;
    this.#socket.end();
    this.#closeTimer ??= setTimeout(() => {
      if (this.#end?.reason === "closed by us") {
        this.#end = { code: undefined, reason: "closed by us, and the gateway did not answer the close" };
      }
      this.#socket.destroy();
    }, CLOSE_TIMEOUT_MS);
  }

  #closed(): void {
    clearTimeout(this.#closeTimer);
    this.#open = false;
    this.#flushing = true;
    this.#deliver();
    this.#report(this.#end ?? this.#unannouncedEnd());
  }

  #unannouncedEnd(): ChannelEnd {
    const { reader, progress } = this.#connection;
    const error = this.#socketError;
    if (error !== undefined) {
      const end = failedEnd(error, progress);
      if (this.#heard || end.error?.reason === "tls") return end;
      return this.#silentEnd(String(Reflect.get(error, "code") ?? error.message), error);
    }
    if (reader.inside) return brokenEnd("it ended in the middle of a frame", progress);
    return this.#heard ? plainEnd(this.#lastError) : this.#silentEnd("end of stream");
  }

  #silentEnd(how: string, cause?: Error): ChannelEnd {
    const { expected, progress, hungUp } = this.#connection;
    hungUp();
    return silentEnd(how, expected.framing, progress, cause);
  }

  #report(end: ChannelEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deaf = true;
    this.#open = false;
    this.#sink.closed(end);
  }
}
