import { escapeForPeople } from "../errors/escape.ts";
import type { Clock } from "../clock.ts";
import type { HandshakeMemory } from "../lane/handshake-memory.ts";
import { HandshakeReplay } from "../lane/handshake-replay.ts";
import { Lane, type LaneOptions, type LaneOwner } from "../lane/lane.ts";
import type { Wire, WireRead } from "../lane/wire.ts";
import type { Link } from "../link/link.ts";
import type { LinkOwner } from "../link/link-options.ts";
import type { RawMessage } from "../message/raw-message.ts";
import type { Credential } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { Logger } from "../plugin/logger.ts";
import { Secret } from "../plugin/secret.ts";
import { RequestError } from "../plugin/request-error.ts";
import type { Channel, ChannelEnd, GatewaySignal } from "../plugin/transport.ts";
import type { ClientRequest } from "../session/client-request.ts";
import { outcomeWords } from "../session/known-outcome.ts";
import { HeldNotification } from "./held-notification.ts";
import { HeldQueue, type HeldLimits } from "./held-queue.ts";
import { unreachableError } from "./unreachable-error.ts";

/** The session, as the dispatcher sees it. */
interface DispatcherOwner {
  /** A transmission of the request has left; its deadline starts. */
  sent(request: ClientRequest): void;
  /** The request cannot go out: answer it. */
  refused(request: ClientRequest, error: RequestError): void;
  received(lane: Lane, read: WireRead): void;
  /** The lane has ended; what it carried is the session's to decide. */
  laneLost(lane: Lane, end: ChannelEnd): void;
  /** A lane can carry messages, or it is certain that none will for now. */
  linkSettled(): void;
  signal(endpoint: Endpoint, signal: GatewaySignal): void;
  /** The gateway behind a new lane is not the one the client knows. */
  serverChanged(): void;
}

export interface DispatcherOptions {
  readonly createLink: (owner: LinkOwner) => Link;
  readonly wire: Wire;
  readonly perMessageAuth: boolean;
  readonly namespaceOf: LaneOptions["namespaceOf"];
  readonly nextTransmissionId: () => string;
  /** An id, as JSON text, for a request of the router's own. */
  readonly nextPrivateId: () => string;
  readonly memory: HandshakeMemory;
  readonly limits: HeldLimits;
  readonly maxMessageBytes: number;
  readonly owner: DispatcherOwner;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What an envelope adds to a message, generously. */
const ENVELOPE_ALLOWANCE = 1024;

/** Decides which lane carries a message, and keeps in order what no lane can carry yet. */
export class Dispatcher implements LinkOwner, LaneOwner {
  readonly #options: DispatcherOptions;
  readonly #held: HeldQueue<ClientRequest | HeldNotification>;
  readonly #link: Link;
  #lane: Lane | undefined;
  #lanes = 0;
  #paused = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#held = new HeldQueue(options.limits);
    this.#link = options.createLink(this);
  }

  get heldCount(): number {
    return this.#held.count;
  }

  /** Whether no connection was open yet, and one may still be. */
  get awaitsFirstLink(): boolean {
    return this.#lanes === 0 && this.#link.lastError?.permanent !== true;
  }

  /** True while more is waiting for an open connection than may wait: the client should write no faster. */
  get saturated(): boolean {
    return this.#lane !== undefined && this.#held.full;
  }

  get link(): Link {
    return this.#link;
  }

  start(): void {
    this.#link.start();
  }

  /** Sends the request now or as soon as a lane can carry it. */
  submit(request: ClientRequest): void {
    if (request.bytes + ENVELOPE_ALLOWANCE > this.#options.maxMessageBytes) {
      this.#options.owner.refused(request, this.#tooLarge(request));
      return;
    }
    if (this.#held.count === 0 && this.#transmit(request)) return;
    request.state = "held";
    request.lane = undefined;
    if (!this.#hold(request)) {
      this.#options.owner.refused(request, this.#queueFull(request));
      return;
    }
    this.#awaitLink();
  }

  /** Sends a request once more, before everything that was never sent. */
  submitAgain(request: ClientRequest): void {
    if (this.#transmit(request)) return;
    request.state = "held";
    request.lane = undefined;
    this.#held.addAgain(request);
    this.#awaitLink();
  }

  /** Sends a notification of the client, in its place among the requests. */
  notify(message: RawMessage, namespace: string | undefined): boolean {
    const lane = this.#lane;
    if (this.#held.count === 0 && lane?.ready === true) {
      if (lane.transmit(message, message.bytes, namespace) !== undefined) return true;
    }
    const held = this.#hold(new HeldNotification(message, namespace));
    if (held) this.#awaitLink();
    return held;
  }

  /** Takes a request that waits out of the queue. */
  withdraw(request: ClientRequest): void {
    this.#held.remove(request);
  }

  /** What to tell a request that has waited in vain. */
  waitError({ known }: ClientRequest): RequestError {
    const { endpoint, lastError } = this.#link;
    if (this.#lane === undefined) return unreachableError(endpoint, lastError, undefined, known);
    const text = `${endpoint.name} is connected but takes no messages. ${outcomeWords(known)}`;
    return new RequestError("UPSTREAM_UNAVAILABLE", text, { outcome: known });
  }

  /**
   * Gets another credential because the gateway refused the one that a request went out with; does nothing when another
   * one is in use by now.
   *
   * @throws DialError when there is none.
   */
  async renewCredential(refused: string | undefined): Promise<void> {
    const lane = this.#lane;
    if (lane !== undefined && lane.token !== refused) return;
    await this.#link.renewCredential("rejected");
  }

  /** The gateway hands out another token: it holds on this endpoint from the next message on. */
  rotateToken(token: string): void {
    this.#link.rotate(new Secret(token));
  }

  /** Stops or starts reading from the gateway, because the client reads slowly. */
  pause(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    if (paused) this.#link.pause();
    else this.#link.resume();
  }

  stop(how: "close" | "now"): void {
    this.#link.stop(how);
  }

  // LinkOwner

  opened(channel: Channel, credential: Credential): void {
    const { memory, wire, perMessageAuth, namespaceOf, nextTransmissionId } = this.#options;
    const lane = new Lane({
      number: ++this.#lanes,
      endpoint: this.#link.endpoint,
      channel,
      credential,
      wire,
      perMessageAuth,
      namespaceOf,
      nextTransmissionId,
      replay: this.#replayFor(memory),
      owner: this,
    });
    this.#lane = lane;
    if (this.#paused) this.#link.pause();
    lane.begin();
    this.#release();
    if (lane.ready) this.#options.owner.linkSettled();
  }

  message(bytes: Buffer): void {
    this.#lane?.receive(bytes);
  }

  drain(): void {
    this.#release();
    if (this.#held.count === 0) this.#options.owner.linkSettled();
  }

  lost(end: ChannelEnd): void {
    const lane = this.#lane;
    this.#lane = undefined;
    if (lane === undefined) return;
    lane.end();
    this.#options.owner.laneLost(lane, end);
  }

  refused(error: DialError, retryInMs: number): void {
    if (!error.permanent) return;
    this.#failHeld(error, retryInMs);
  }

  credential(credential: Credential): void {
    this.#lane?.use(credential);
  }

  signal(signal: GatewaySignal): void {
    this.#options.owner.signal(this.#link.endpoint, signal);
  }

  // LaneOwner

  received(lane: Lane, read: WireRead): void {
    this.#options.owner.received(lane, read);
  }

  ready(): void {
    // The repeated handshake has said it; a server may take a second one amiss.
    for (const item of this.#held.items()) {
      if (item instanceof HeldNotification && item.message.method === "notifications/initialized")
        this.#held.remove(item);
    }
    this.#release();
    this.#options.owner.linkSettled();
  }

  unusable(lane: Lane, reason: string): void {
    const said = escapeForPeople(reason);
    this.#options.log.warn({ endpoint: lane.endpoint.name }, `${said}: giving up this connection`);
    const error = new DialError("protocol", said, { permanent: false });
    this.#failHeld(error, undefined);
    this.#link.giveUp(error);
  }

  #replayFor(memory: HandshakeMemory): HandshakeReplay | undefined {
    const { handshake } = memory;
    if (handshake === undefined) return undefined;
    return new HandshakeReplay({
      handshake,
      initialized: () => memory.initialized,
      privateId: this.#options.nextPrivateId(),
      clock: this.#options.clock,
      changed: (server) => {
        memory.serverIs(server);
        this.#options.owner.serverChanged();
      },
    });
  }

  #transmit(request: ClientRequest): boolean {
    const lane = this.#lane;
    if (lane?.ready !== true) return false;
    const id = lane.transmit(request.message, request.message.bytes, request.namespace);
    if (id === undefined) return false;
    request.state = "sent";
    request.token = lane.token;
    request.lane = lane;
    request.correlationId = id;
    request.attempts++;
    request.sentAt = this.#options.clock.now();
    this.#options.owner.sent(request);
    return true;
  }

  #release(): void {
    for (;;) {
      const lane = this.#lane;
      const item = this.#held.first();
      if (item === undefined || lane?.ready !== true) return;
      const left =
        item instanceof HeldNotification
          ? lane.transmit(item.message, item.message.bytes, item.namespace) !== undefined
          : this.#transmit(item);
      if (!left) return;
      this.#held.remove(item);
    }
  }

  /** A cause that waiting does not mend is told at once, unless it is so old that dialling again is worth it. */
  #awaitLink(): void {
    if (this.#lane !== undefined || this.#link.nudge()) return;
    const error = this.#link.lastError;
    if (error?.permanent === true) this.#failHeld(error, undefined);
  }

  #failHeld(error: DialError, retryInMs: number | undefined): void {
    for (const item of this.#held.items()) {
      if (item instanceof HeldNotification) continue;
      this.#held.remove(item);
      this.#options.owner.refused(item, unreachableError(this.#link.endpoint, error, retryInMs, item.known));
    }
    this.#options.owner.linkSettled();
  }

  /** While a connection is open the client is slowed down (see `saturated`) instead of refused. */
  #hold(item: ClientRequest | HeldNotification): boolean {
    if (this.#lane !== undefined) {
      this.#held.force(item);
      return true;
    }
    while (!this.#held.add(item)) {
      const notification = this.#held.items().find((held) => held instanceof HeldNotification);
      if (notification === undefined || item instanceof HeldNotification) return false;
      // Nobody waits for it, and somebody waits for the answer to the request.
      this.#held.remove(notification);
      this.#options.log.warn({ bytes: notification.bytes }, "a notification that waited has given way to a request");
    }
    return true;
  }

  #queueFull({ known }: ClientRequest): RequestError {
    const { lastError } = this.#link;
    const why = lastError === undefined ? "the gateway takes no more for now" : lastError.message;
    const text = `${this.#held.count} messages are waiting already (${why}). ${outcomeWords(known)}`;
    return new RequestError(known === "unknown" ? "UPSTREAM_LOST" : "QUEUE_FULL", text, {
      outcome: known,
      retryable: true,
      hint: "Try again later, or raise local.max_queued_requests and local.max_queued_bytes.",
    });
  }

  #tooLarge(request: ClientRequest): RequestError {
    const limit = this.#options.maxMessageBytes;
    return new RequestError(
      "TOO_LARGE",
      `the request has ${request.bytes} bytes and the gateway takes ${limit}; it was not sent`,
      { direction: "request", hint: "Send less at once, or raise gateway.connection.max_message_bytes." },
    );
  }
}
