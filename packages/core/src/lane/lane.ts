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
import { type OwnRequest, refusal } from "./own-request.ts";
import type { SessionReplay } from "./session-replay.ts";
import { TOO_LARGE, type Transmission } from "./transmission.ts";
import type { Correlation, FaultRead, GatewayFault, MalformedRead, MessageRead, Wire, WireRead } from "./wire.ts";

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
  #refusedToken: string | undefined;
  #forgotten = false;
  /** Whether it has carried a token in a message; whether the gateway has said anything. */
  #toldToken = false;
  #heard = false;
  /** Whether the gateway has answered a message that may have carried a token: then it takes them. */
  #takesTokens = false;
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

  /** Whether nothing has ever come on it. */
  get silent(): boolean {
    return !this.#heard;
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
  /** The token that goes out with each message. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Gets another credential, unless the refused one is no longer in use. @throws DialError when there is none. */
  async renewCredential(refused: string | undefined): Promise<void> {
    if (this.#state !== "lost" && this.#token !== refused) return;
    await this.#options.owner.renewCredential(this, refused);
  }

  /** The gateway refuses the token and does not say which message it answers. Another one is asked for once. */
  unauthorized(): void {
    if (this.#token === this.#refusedToken) return;
    this.#refusedToken = this.#token;
    // The promise has its owner here: that there is no other token shows wherever one is needed.
    this.#options.owner.renewCredential(this, this.#token).catch(() => {});
  }

  /** The gateway refused this token here. Where only another connection brings the next one, this one takes no more requests. */
  outwear(refused: string | undefined): void {
    if (!this.#options.dialect.features.perMessageAuth && this.#token !== refused) this.#forgotten = true;
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

  /** Sends MCP's own `ping`. Nobody waits for the answer to an earlier one any more. @returns false where the gateway has other work. */
  ping(): boolean {
    if (!this.established || this.#load > 0) return false;
    for (const [key, { message }] of this.#own) if (message.method === PING.method) this.#own.delete(key);
    return this.ask({ message: PING, namespace: undefined }, () => {});
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
  refusesToken(fault: GatewayFault): boolean {
    if (!isAboutToken(fault) || !this.#toldToken || this.#takesTokens) return false;
    return this.#options.dialect.refusesTokens(`the gateway refuses auth_token (${fault.message})`);
  }

  /** The gateway refuses what {@link refusesToken} does not mend. If it names the token, it may be the lack of one. */
  mayWantToken(fault: GatewayFault): void {
    if (isAboutToken(fault)) this.#options.dialect.wantsTokens();
  }

  /** What the answer to `initialize` says of the gateway itself. */
  learn(reply: Message): void {
    this.#options.dialect.initialized(reply);
  }

  receive(frame: Buffer): void {
    this.#heard = true;
    const { wire, dialect } = this.#options;
    const read = wire.decode(frame);
    if (this.#toldToken && !this.#takesTokens && read.type === "message" && read.message.kind === "response") {
      this.#takesTokens = dialect.features.perMessageAuth;
    }
    if (this.#own.size > 0 && (read.type === "message" ? this.#takeOwn(read) : this.#takeFault(read))) return;
    this.#options.owner.received(this, read);
  }

  /** The channel has ended. */
  end({ code, error }: ChannelEnd): void {
    this.#state = "lost";
    // A cause is one that this side has found in what the gateway sent: then the close was ours.
    const byGateway = code !== undefined && error?.cause === undefined;
    if (byGateway && NOT_UNDERSTOOD.has(code) && this.#toldToken && !this.#heard) {
      this.#options.dialect.refusesTokens(
        `the gateway has closed the connection with code ${code} at the first message`,
      );
    }
    this.#own.clear();
    this.#options.replay?.stop();
  }

  #takeOwn({ message, envelope }: MessageRead): boolean {
    const { kind, idKey } = message;
    if (kind !== "response" && kind !== "error") return false;
    const named = idKey !== undefined && this.#own.has(idKey);
    const key = named || kind === "response" ? idKey : this.#misnamed(message, envelope);
    const own = key === undefined ? undefined : this.#own.get(key);
    if (key === undefined || own === undefined) return false;
    this.#own.delete(key);
    if (own.message.method === "initialize") this.learn(message);
    own.answered(message);
    return true;
  }

  /** Some gateways answer errors under the id of the envelope, or under none. The key of what was asked. */
  #misnamed({ id }: Message, envelope: Correlation | undefined): string | undefined {
    const named = id === "null" ? [envelope?.correlationId, envelope?.id] : [id?.slice(1, -1)];
    for (const [key, { transmission }] of this.#own) if (named.includes(transmission)) return key;
    return undefined;
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
      } else if (read.type === "fault" && own.withoutToken === undefined && this.refusesToken(read.fault)) {
        this.#askAs({ ...own, withoutToken: true });
      } else {
        if (read.type === "fault") this.mayWantToken(read.fault);
        own.answered(refusal(own, read.type === "fault" ? `${read.fault.code}: ${read.fault.message}` : read.reason));
      }
      return true;
    }
    return false;
  }
}

function isAboutToken({ code, message }: GatewayFault): boolean {
  return code === "INVALID_REQUEST" && message.includes("auth_token");
}

function tokenOf(credential: Credential): string | undefined {
  return credential.bearer?.reveal();
}
