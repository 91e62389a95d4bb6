import type { Credential } from "../plugin/credential.ts";
import type { DialError } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { Channel, ChannelEnd, ChannelInfo, ChannelSink, SendResult, Transport } from "../plugin/transport.ts";

/** One call of `open`, which the test answers. */
export class FakeDial {
  readonly endpoint: Endpoint;
  readonly credential: Credential;
  readonly sink: ChannelSink;
  readonly signal: AbortSignal;
  readonly opened: Promise<Channel>;
  #resolve: (channel: Channel) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(endpoint: Endpoint, credential: Credential, sink: ChannelSink, signal: AbortSignal) {
    this.endpoint = endpoint;
    this.credential = credential;
    this.sink = sink;
    this.signal = signal;
    this.opened = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  accept(answersPings = false): FakeChannel {
    const channel = new FakeChannel(this.sink, answersPings);
    this.#resolve(channel);
    return channel;
  }

  refuse(error: Error): void {
    this.#reject(error);
  }
}

/** A connection whose far end is the test. */
export class FakeChannel implements Channel {
  readonly info: ChannelInfo = { status: 101 };
  readonly sent: Buffer[] = [];
  readonly cancelled: string[] = [];
  writable = true;
  bufferedBytes = 0;
  sends: SendResult = "handed_over";
  paused = false;
  pings = 0;
  /** How our side ended it. */
  ended: "close" | "terminate" | undefined;
  #open = true;
  readonly #sink: ChannelSink;

  readonly #answersPings: boolean;

  constructor(sink: ChannelSink, answersPings: boolean) {
    this.#sink = sink;
    this.#answersPings = answersPings;
  }

  get open(): boolean {
    return this.#open;
  }

  send(bytes: Buffer): SendResult {
    if (!this.#open) return "not_sent";
    if (this.sends === "handed_over") this.sent.push(bytes);
    return this.sends;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  ping(): void {
    this.pings++;
    if (this.#answersPings) this.#sink.alive();
  }

  cancel(idKey: string): void {
    this.cancelled.push(idKey);
  }

  close(reason: string): void {
    this.ended = "close";
    this.lose({ code: 1000, reason });
  }

  terminate(): void {
    this.ended = "terminate";
    this.lose({ code: 1006, reason: "terminated" });
  }

  /** The far end sends a message. */
  deliver(message: string): void {
    this.#sink.message(Buffer.from(message));
  }

  alive(): void {
    this.#sink.alive();
  }

  /** The far end takes nothing more for now. */
  block(): void {
    this.writable = false;
  }

  drain(): void {
    this.writable = true;
    this.#sink.drain();
  }

  /** The connection ends. */
  lose(end: ChannelEnd = { code: 1006, reason: "reset" }): void {
    if (!this.#open) return;
    this.#open = false;
    this.#sink.closed(end);
  }
}

/** A transport whose dials wait for the test, or are answered as {@link FakeTransport.policy} says. */
export class FakeTransport implements Transport {
  readonly defaultWire = "envelope";
  readonly dials: FakeDial[] = [];
  readonly channels: FakeChannel[] = [];
  /** `wait` leaves the answer to the test. */
  policy: "wait" | "accept" | DialError = "wait";
  /** Whether the connections it opens are alive as far as a heartbeat can tell. */
  answersPings = false;

  open(endpoint: Endpoint, credential: Credential, sink: ChannelSink, signal: AbortSignal): Promise<Channel> {
    const dial = new FakeDial(endpoint, credential, sink, signal);
    this.dials.push(dial);
    if (this.policy === "accept") this.channels.push(dial.accept(this.answersPings));
    else if (this.policy !== "wait") dial.refuse(this.policy);
    return dial.opened;
  }

  get dial(): FakeDial {
    const dial = this.dials.at(-1);
    if (dial === undefined) throw new Error("nothing was dialled");
    return dial;
  }

  /** The connection opened last. */
  get channel(): FakeChannel {
    const channel = this.channels.at(-1);
    if (channel === undefined) throw new Error("no connection was opened");
    return channel;
  }
}
