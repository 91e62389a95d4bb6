import type { Credential } from "../plugin/credential.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { NamespaceOf } from "../message/namespace.ts";
import type { Channel, SendFacts } from "../plugin/transport.ts";
import type { HandshakeReplay } from "./handshake-replay.ts";
import type { Wire, WireRead } from "./wire.ts";

export interface LaneOptions {
  /** 1 for the first gateway session of this process; server ids are rewritten from 2 on. */
  readonly number: number;
  readonly endpoint: Endpoint;
  readonly channel: Channel;
  readonly credential: Credential;
  readonly wire: Wire;
  /** Whether the gateway takes the token with each message. */
  readonly perMessageAuth: boolean;
  readonly namespaceOf: NamespaceOf;
  readonly nextTransmissionId: () => string;
  /** The handshake to repeat before anything else, when the client has made one already. */
  readonly replay: HandshakeReplay | undefined;
  readonly owner: LaneOwner;
}

export interface LaneOwner {
  received(lane: Lane, read: WireRead): void;
  /** The handshake was repeated; what waits may be sent. */
  ready(lane: Lane): void;
  /** The gateway session cannot be continued. The connection is given up. */
  unusable(lane: Lane, reason: string): void;
}

/** One session with the gateway: one open channel, its wire, and the handshake that makes it usable. */
export class Lane {
  readonly #options: LaneOptions;
  #token: string | undefined;
  #state: "replaying" | "ready" | "lost" = "ready";

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#token = tokenOf(options.credential);
    if (options.replay !== undefined) this.#state = "replaying";
  }

  get number(): number {
    return this.#options.number;
  }

  get endpoint(): Endpoint {
    return this.#options.endpoint;
  }

  get channel(): Channel {
    return this.#options.channel;
  }

  /** Whether requests may be sent now. */
  get ready(): boolean {
    return this.#state === "ready" && this.#options.channel.writable;
  }

  get lost(): boolean {
    return this.#state === "lost";
  }

  /** Starts the repetition of the handshake, when there is one to repeat. */
  begin(): void {
    const { replay } = this.#options;
    if (replay === undefined) return;
    replay.start({
      send: (message) => this.transmit(message, message.bytes, undefined) !== undefined,
      done: () => {
        this.#state = "ready";
        this.#options.owner.ready(this);
      },
      failed: (reason) => this.#options.owner.unusable(this, reason),
    });
  }

  /** The token of the next messages. */
  use(credential: Credential): void {
    this.#token = tokenOf(credential);
  }

  /** The token that goes out with each message. */
  get token(): string | undefined {
    return this.#token;
  }

  /**
   * Puts one message on the channel.
   *
   * @param payload The bytes to send: the message's own, or those with a restored id.
   * @returns the id of this transmission; undefined when no byte of it has left.
   */
  transmit(
    message: SendFacts & Parameters<NamespaceOf>[0],
    payload: Buffer,
    namespace: string | undefined,
  ): string | undefined {
    const { wire, channel, nextTransmissionId, namespaceOf, perMessageAuth } = this.#options;
    if (this.#state === "lost") return undefined;
    const id = nextTransmissionId();
    const frame = wire.encode(payload, {
      id,
      namespace: namespace ?? namespaceOf(message),
      token: perMessageAuth ? this.#token : undefined,
    });
    return channel.send(frame, message) === "handed_over" ? id : undefined;
  }

  receive(frame: Buffer): void {
    const read = this.#options.wire.decode(frame);
    if (read.type === "message" && this.#options.replay?.take(read.message) === true) return;
    this.#options.owner.received(this, read);
  }

  /** The channel has ended. */
  end(): void {
    this.#state = "lost";
    this.#options.replay?.stop();
  }
}

function tokenOf(credential: Credential): string | undefined {
  return credential.bearer?.reveal();
}
