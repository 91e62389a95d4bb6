import type { GatewayDialect } from "../endpoint/gateway-dialect.ts";
import type { Credential } from "../plugin/credential.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { NamespaceOf } from "../message/namespace.ts";
import type { RawMessage } from "../message/raw-message.ts";
import { readOwn } from "../message/read-own.ts";
import type { Message } from "../plugin/message.ts";
import { messageOf } from "../host/tap-faults.ts";
import type { Channel, ChannelEnd, SendFacts } from "../plugin/transport.ts";
import type { Said } from "./session-memory.ts";
import type { SessionReplay } from "./session-replay.ts";
import { TOO_LARGE, type Transmission } from "./transmission.ts";
import type { FaultRead, GatewayFault, MalformedRead, Wire, WireRead } from "./wire.ts";

const PING = readOwn(Buffer.from('{"jsonrpc":"2.0","id":0,"method":"ping"}'));

/** Close codes by which gateways of version 1 answer an envelope they do not understand. */
const NOT_UNDERSTOOD: ReadonlySet<number> = new Set([1003, 1007, 4400]);

export interface LaneOptions {
  /** 1 for the first gateway session of this process; server ids are rewritten from 2 on. */
  readonly number: number;
  readonly endpoint: Endpoint;
  readonly channel: Channel;
  readonly credential: Credential;
  readonly wire: Wire;
  readonly dialect: GatewayDialect;
  readonly namespaceOf: NamespaceOf;
  readonly nextTransmissionId: () => string;
  /** An id, as JSON text, for a request of the router's own: one that no client request can have. */
  readonly nextPrivateId: () => string;
  /** What to repeat before anything else, when the client has a session already. */
  readonly replay: SessionReplay | undefined;
  readonly owner: LaneOwner;
}

export interface LaneOwner {
  received(lane: Lane, read: WireRead): void;
  /** The session was repeated; what waits may be sent. */
  ready(lane: Lane): void;
  /** The gateway session cannot be continued. The connection is given up. */
  unusable(lane: Lane, reason: string): void;
  /** Nothing is open on the lane any more. */
  idle(lane: Lane): void;
  /** The gateway knows nothing of the session any more, though the channel stands. */
  forgotten(lane: Lane): void;
  /** The gateway refused this token on this lane. @throws DialError when there is no other. */
  renewCredential(lane: Lane, refused: string | undefined): Promise<void>;
  /** The gateway hands out another token. */
  rotateToken(token: string): void;
}

/** A request of the router's own. */
interface OwnRequest extends Said {
  readonly answered: (reply: Message) => void;
  /** The id of its transmission. */
  readonly transmission: string;
}

/** One session with the gateway: one open channel, its wire, and the handshake that makes it usable. */
export class Lane {
  readonly #options: LaneOptions;
  /** Answers that the router itself waits for, by the key of their id. */
  readonly #own = new Map<string, OwnRequest>();
  #token: string | undefined;
  #state: "replaying" | "ready" | "lost" = "ready";
  #server: string | undefined;
  #load = 0;
  #renewed = false;
  #forgotten = false;
  /** Whether it has carried a token in a message; whether the gateway has said anything. */
  #toldToken = false;
  #heard = false;
  #pinging = false;
  /** Whether `notifications/initialized` was said on it. */
  initialized = false;

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
    return this.#state === "ready" && !this.#forgotten && this.#options.channel.writable;
  }

  /** Whether the session with the gateway stands, though the channel may be full for now. */
  get established(): boolean {
    return this.#state === "ready";
  }

  /** Whether what the client sets for the session can be said on it. */
  get takesSettings(): boolean {
    return this.established || this.#options.replay?.restoring === true;
  }

  get lost(): boolean {
    return this.#state === "lost";
  }

  /** What tells the server behind this lane from another, when the session was repeated to it. */
  get server(): string | undefined {
    return this.#server;
  }

  /** How many requests are open on it, in both directions. */
  get load(): number {
    return this.#load;
  }

  /** A request of either side is open on this lane from now on. */
  occupy(): void {
    this.#load++;
  }

  /** A request that was open on this lane has ended, or is on another one now. */
  release(): void {
    if (--this.#load === 0 && this.#state !== "lost") this.#options.owner.idle(this);
  }

  /** Starts the repetition of the session, when there is one to repeat. */
  begin(): void {
    const { replay, owner } = this.#options;
    if (replay === undefined) {
      owner.ready(this);
      return;
    }
    replay.start({
      ask: (request, answered, edit) => this.ask(request, answered, edit),
      initialize: (message) => {
        this.initialized = typeof this.transmit(message, message.bytes, undefined) === "string";
      },
      done: (server) => {
        this.#server = server;
        this.#state = "ready";
        owner.ready(this);
      },
      failed: (reason) => owner.unusable(this, reason),
    });
  }

  /** Takes no more requests; what is open on it may still be answered. */
  forgotten(): void {
    if (this.#forgotten) return;
    this.#forgotten = true;
    this.#options.owner.forgotten(this);
  }

  /** The token of the next messages. */
  use(credential: Credential): void {
    this.#token = tokenOf(credential);
  }

  /** Whether the gateway has said anything on it. */
  get heard(): boolean {
    return this.#heard;
  }

  /** The token that goes out with each message. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Gets another credential, unless the refused one is no longer in use. @throws DialError when there is none. */
  async renewCredential(refused: string | undefined): Promise<void> {
    if (this.#state !== "lost" && this.#token !== refused) return;
    await this.#options.owner.renewCredential(this, refused);
  }

  /** The gateway hands out another token: it holds on this endpoint from the next message on. */
  rotateToken(token: string): void {
    this.#options.owner.rotateToken(token);
  }

  /**
   * Sends a request once more on the router's own account; only `answered` gets its reply.
   *
   * @returns false when no byte of it has left.
   */
  ask(request: Said, answered: (reply: Message) => void, edit?: (message: RawMessage) => void): boolean {
    const message = readOwn(request.message.withId(this.#options.nextPrivateId()));
    edit?.(message);
    return this.#askAs({ message, namespace: request.namespace, answered, transmission: "" });
  }

  /** Sends MCP's own `ping`, unless an earlier one has no answer yet. @returns false where the gateway has other work. */
  ping(): boolean {
    if (!this.established || this.#load > 0) return false;
    this.#pinging ||= this.ask({ message: PING, namespace: undefined }, () => {
      this.#pinging = false;
    });
    return this.#pinging;
  }

  /**
   * Puts one message on the channel.
   *
   * @param payload The bytes to send: the message's own, or those with a restored id.
   * @returns the id of this transmission; undefined when no byte of it has left, {@link TOO_LARGE} when none ever will.
   */
  transmit(
    message: SendFacts & Parameters<NamespaceOf>[0],
    payload: Buffer,
    namespace: string | undefined,
  ): Transmission {
    const { wire, channel, nextTransmissionId, namespaceOf, dialect } = this.#options;
    if (this.#state === "lost") return undefined;
    const id = nextTransmissionId();
    const token = dialect.features.perMessageAuth ? this.#token : undefined;
    if (token !== undefined) this.#toldToken = true;
    const frame = wire.encode(payload, { id, namespace: namespace ?? namespaceOf(message), token });
    const sent = channel.send(frame, message);
    if (sent === "handed_over") return id;
    return sent === "too_large" ? TOO_LARGE : undefined;
  }

  /** The gateway hands a message back because there is a token in it. @returns whether it may go out again, without one. */
  refusesToken({ code, message }: GatewayFault): boolean {
    if (code !== "INVALID_REQUEST" || !this.#toldToken || !message.includes("auth_token")) return false;
    return this.#options.dialect.refusesTokens(`the gateway refuses auth_token (${message})`);
  }

  /** What the answer to `initialize` says of the gateway itself. */
  learn(reply: Message): void {
    this.#options.dialect.initialized(reply);
  }

  receive(frame: Buffer): void {
    this.#heard = true;
    const read = this.#options.wire.decode(frame);
    if (this.#own.size > 0 && (read.type === "message" ? this.#takeOwn(read.message) : this.#takeFault(read))) return;
    this.#options.owner.received(this, read);
  }

  /** The channel has ended. */
  end({ code }: ChannelEnd): void {
    this.#state = "lost";
    if (code !== undefined && NOT_UNDERSTOOD.has(code) && this.#toldToken && !this.#heard) {
      this.#options.dialect.refusesTokens(
        `the gateway has closed the connection with code ${code} at the first message`,
      );
    }
    this.#own.clear();
    this.#options.replay?.stop();
  }

  #takeOwn(message: Message): boolean {
    const { kind, idKey } = message;
    if (idKey === undefined || (kind !== "response" && kind !== "error")) return false;
    const own = this.#own.get(idKey);
    if (own === undefined) return false;
    this.#own.delete(idKey);
    if (own.message.method === "initialize") this.learn(message);
    own.answered(message);
    return true;
  }

  #askAs(own: OwnRequest): boolean {
    const { message, namespace } = own;
    const transmission = this.transmit(message, message.bytes, namespace);
    if (typeof transmission !== "string" || message.idKey === undefined) return false;
    this.#own.set(message.idKey, { ...own, transmission });
    return true;
  }

  /** The gateway itself refuses, or garbles, what the router has asked. A refused token is renewed once. */
  #takeFault(read: FaultRead | MalformedRead): boolean {
    const { correlationId, id } = read.envelope ?? { correlationId: undefined, id: undefined };
    for (const [key, own] of this.#own) {
      if (own.transmission !== correlationId && own.transmission !== id) continue;
      this.#own.delete(key);
      if (read.type === "fault" && read.fault.code === "UNAUTHORIZED" && !this.#renewed) {
        this.#renewed = true;
        const { owner } = this.#options;
        // The promise has its owner here: both of its ends are dealt with.
        void owner.renewCredential(this, this.#token).then(
          () => this.#askAs(own),
          (cause: unknown) => own.answered(refusal(own, messageOf(cause))),
        );
      } else if (read.type === "fault" && this.refusesToken(read.fault)) this.#askAs(own);
      else
        own.answered(refusal(own, read.type === "fault" ? `${read.fault.code}: ${read.fault.message}` : read.reason));
      return true;
    }
    return false;
  }
}

/** What the gateway has said outside JSON-RPC, as the answer it stands for. */
function refusal({ message }: OwnRequest, text: string): Message {
  const error = JSON.stringify({ code: -32_000, message: text });
  return readOwn(Buffer.from(`{"jsonrpc":"2.0","id":${message.id ?? "null"},"error":${error}}`));
}

function tokenOf(credential: Credential): string | undefined {
  return credential.bearer?.reveal();
}
