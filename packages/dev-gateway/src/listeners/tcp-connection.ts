import { FramingViolation } from "../framing/framing-violation.ts";
import type { Framing, TcpFrame } from "../framing/framing.ts";
import type { LogLevel } from "../log/log-entry.ts";
import type { AcceptConnection, Connection, ConnectionEvents, SentMessage } from "./connection.ts";
import { goodbyeText, readGoodbye } from "./goodbye.ts";
import type { Goodbye } from "./goodbye.ts";
import type { Pace } from "./pace.ts";
import type { SocketGate } from "./socket-gate.ts";

/** Above this many bytes not yet taken by the peer, senders are asked to wait. */
const HIGH_WATER_BYTES = 1024 * 1024;

/** How long a peer may take to end its side after a goodbye. */
const CLOSE_DEADLINE_MS = 1000;

const LOST: Goodbye = { code: 1006, reason: "" };
const ENDED: Goodbye = { code: 1000, reason: "" };

export interface TcpConnectionOptions {
  readonly gate: SocketGate;
  readonly framing: Framing;
  readonly remoteAddress: string;
  /** Called when the client may send messages: at once, or when it has said hello. */
  readonly accept: AcceptConnection;
  readonly log: (level: LogLevel, message: string) => void;
}

/** A TCP connection whose messages are framed. What a WebSocket gateway says by close codes, it says by frames. */
export class TcpConnection implements Connection {
  readonly transport = "tcp";
  readonly headers = {};
  readonly remoteAddress: string;
  readonly #gate: SocketGate;
  readonly #framing: Framing;
  readonly #options: TcpConnectionOptions;
  #events: ConnectionEvents | undefined;
  /** Why the connection ends, once that is decided: nothing is read any more. */
  #ending: Goodbye | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #behind = false;

  constructor(options: TcpConnectionOptions) {
    this.#options = options;
    this.#gate = options.gate;
    this.#framing = options.framing;
    this.remoteAddress = options.remoteAddress;
    // The close event that follows says all that is needed.
    this.#gate.on("error", () => {});
    this.#gate.on("close", () => {
      clearTimeout(this.#deadline);
      const { code, reason } = this.#ending ?? LOST;
      this.#events?.closed(code, reason);
    });
  }

  /** Begins to read. */
  begin(): void {
    if (!this.#framing.greets) this.#events = this.#options.accept(this);
    this.#gate.on("data", (bytes: Buffer) => this.#read(bytes));
    this.#gate.on("end", () => this.#ended());
  }

  send(message: Buffer, { role, taken }: SentMessage): boolean {
    const bytes = this.#framing.message(message, role);
    if (bytes === undefined) {
      this.#options.log("error", `${message.length} bytes are too many for a frame to ${this.remoteAddress}: not sent`);
      return true;
    }
    this.#write(bytes, taken);
    this.#behind = this.#gate.writableLength > HIGH_WATER_BYTES;
    return !this.#behind;
  }

  sendFrame(raw: string | Buffer): void {
    this.send(Buffer.from(raw), { role: "answer" });
  }

  sendBytes(raw: Buffer): void {
    this.#write(raw);
  }

  pause(): void {
    this.#gate.pause();
  }

  resume(): void {
    this.#gate.resume();
  }

  stall(): void {
    this.#gate.stall();
  }

  release(): void {
    this.#gate.release();
  }

  slowDown(pace: Pace): () => void {
    return this.#gate.slowDown(pace);
  }

  close(code: number, reason: string): void {
    if (this.#ending !== undefined || this.#gate.destroyed) return;
    this.#end({ code, reason }, this.#framing.goodbye(goodbyeText({ code, reason })));
  }

  terminate(): void {
    this.#gate.destroy();
  }

  #read(bytes: Buffer): void {
    if (this.#ending !== undefined) return;
    try {
      for (const frame of this.#framing.read(bytes)) {
        this.#take(frame);
        if (this.#isEnding()) return;
      }
    } catch (error) {
      if (!(error instanceof FramingViolation)) throw error;
      this.#violated(error);
    }
  }

  #take({ kind, payload }: TcpFrame): void {
    switch (kind) {
      case "hello":
        this.#welcome(payload);
        break;
      case "message":
        if (this.#events === undefined) throw new FramingViolation("the version negotiation must come first");
        this.#events.message(payload);
        break;
      case "ping":
        this.#write(this.#framing.pong(payload));
        break;
      case "error":
        this.#options.log("warn", `${this.remoteAddress} reports an error: ${payload.toString("utf8", 0, 1000)}`);
        break;
      case "close":
        this.#end(readGoodbye(payload.toString()), undefined);
        break;
      case "pong":
        break;
    }
  }

  #welcome(hello: Buffer): void {
    const welcome = this.#framing.welcome(hello);
    if (this.#events !== undefined) throw new FramingViolation("the version was negotiated already");
    this.#write(welcome);
    this.#events = this.#options.accept(this);
  }

  #violated({ message, closeCode: code }: FramingViolation): void {
    this.#options.log("warn", `${this.remoteAddress}: ${message}`);
    const { saysGoodbye } = this.#framing;
    const error = this.#framing.error({ code: "INVALID_REQUEST", message, details: {} });
    const goodbye = this.#framing.goodbye(goodbyeText({ code, reason: message }));
    this.#end({ code, reason: message }, saysGoodbye ? Buffer.concat([error, goodbye]) : error);
  }

  /** The client has ended its side. */
  #ended(): void {
    const { unfinished, saysGoodbye } = this.#framing;
    if (unfinished) this.#end({ code: 1006, reason: "the client ended in the middle of a frame" }, undefined);
    else this.#end(saysGoodbye ? LOST : ENDED, undefined);
  }

  #end(ending: Goodbye, last: Buffer | undefined): void {
    this.#ending ??= ending;
    this.#gate.release();
    if (last !== undefined) this.#write(last);
    this.#gate.end();
    // What still comes is read and thrown away: a reset would take along what the peer has not read yet.
    this.#gate.resume();
    this.#deadline ??= setTimeout(() => this.#gate.destroy(), CLOSE_DEADLINE_MS);
  }

  /** A frame may have ended the connection while others wait behind it. */
  #isEnding(): boolean {
    return this.#ending !== undefined;
  }

  #write(bytes: Buffer, taken?: () => void): void {
    if (bytes.length === 0 || this.#gate.writableEnded) {
      taken?.();
      return;
    }
    this.#gate.write(bytes, () => {
      taken?.();
      this.#caughtUp();
    });
  }

  #caughtUp(): void {
    if (!this.#behind || this.#gate.writableLength > HIGH_WATER_BYTES / 2) return;
    this.#behind = false;
    this.#events?.drain();
  }
}
