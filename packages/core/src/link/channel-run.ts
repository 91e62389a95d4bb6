import type { Channel, ChannelEnd, ChannelSink, GatewaySignal } from "../plugin/transport.ts";

/** What a link does with what its channel says. */
export interface ChannelRunOwner {
  /** Whether this is the channel that the link has open. */
  isCurrent(channel: Channel): boolean;
  message(bytes: Buffer, inReplyTo: string | undefined): void;
  alive(): void;
  drain(): void;
  signal(signal: GatewaySignal): void;
  lost(end: ChannelEnd): void;
}

/** One life of a channel; messages and its end may come before the dial has returned it. */
export class ChannelRun {
  readonly #owner: ChannelRunOwner;
  readonly #early: { readonly bytes: Buffer; readonly inReplyTo: string | undefined }[] = [];
  #channel: Channel | undefined;
  #end: ChannelEnd | undefined;
  readonly sink: ChannelSink;

  constructor(owner: ChannelRunOwner) {
    this.#owner = owner;
    this.sink = {
      message: (bytes, inReplyTo) => {
        if (this.#end === undefined && this.#channel === undefined) this.#early.push({ bytes, inReplyTo });
        else if (this.#current) owner.message(bytes, inReplyTo);
      },
      alive: () => {
        if (this.#current) owner.alive();
      },
      drain: () => {
        if (this.#current) owner.drain();
      },
      signal: (signal) => owner.signal(signal),
      closed: (end) => {
        if (this.#end !== undefined) return;
        const wasCurrent = this.#current;
        this.#end = end;
        if (wasCurrent) owner.lost(end);
      },
    };
  }

  /** The dial has returned the channel. */
  opened(channel: Channel): void {
    this.#channel = channel;
  }

  /** Delivers what came before the channel was returned. */
  catchUp(): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    for (const { bytes, inReplyTo } of this.#early.splice(0)) {
      if (this.#owner.isCurrent(channel)) this.#owner.message(bytes, inReplyTo);
    }
    if (this.#end !== undefined && this.#owner.isCurrent(channel)) this.#owner.lost(this.#end);
  }

  /** What a channel says after its end, or after its dial was given up, belongs to nobody: least of all to its successor. */
  get #current(): boolean {
    return this.#end === undefined && this.#channel !== undefined && this.#owner.isCurrent(this.#channel);
  }
}
