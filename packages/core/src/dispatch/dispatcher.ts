import type { Clock } from "../clock.ts";
import type { Gateway } from "../endpoint/gateway.ts";
import type { Lane } from "../lane/lane.ts";
import { TOO_LARGE } from "../lane/transmission.ts";
import type { Said, SessionMemory } from "../lane/session-memory.ts";
import type { WireRead } from "../lane/wire.ts";
import type { RawMessage } from "../message/raw-message.ts";
import type { DialError } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { Logger } from "../plugin/logger.ts";
import { RequestError } from "../plugin/request-error.ts";
import type { ChannelEnd, GatewaySignal } from "../plugin/transport.ts";
import type { ClientRequest } from "../session/client-request.ts";
import { outcomeWords } from "../session/known-outcome.ts";
import { EndpointPool } from "./endpoint-pool.ts";
import { Failover } from "./failover.ts";
import { HeldNotification } from "./held-notification.ts";
import { HeldQueue, type HeldLimits } from "./held-queue.ts";
import type { LaneParts, PoolLimits, PoolOwner } from "./pool-options.ts";
import { queueFullError, tooLargeError } from "./refusals.ts";
import { tellGateways } from "./tell-gateways.ts";
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
  /** Another connection brings the notifications; what was open on this lane for as long as the session may move there. */
  homeMoved(from: Lane): void;
  /** A lane can carry messages, or it is certain that none will for now. */
  linkSettled(): void;
  signal(endpoint: Endpoint, signal: GatewaySignal): void;
  /** The gateway behind a new lane is not the one the client knows. */
  serverChanged(): void;
}

export interface DispatcherOptions {
  /** Best first. */
  readonly gateways: readonly Gateway[];
  readonly lanes: Omit<LaneParts, "nextLaneNumber">;
  readonly pool: PoolLimits;
  readonly memory: SessionMemory;
  readonly limits: HeldLimits;
  readonly maxMessageBytes: number;
  readonly owner: DispatcherOwner;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
}

/** What an envelope adds to a message, generously. */
const ENVELOPE_ALLOWANCE = 1024;
/** Decides which lane carries a message, and keeps in order what no lane can carry yet. */
export class Dispatcher implements PoolOwner {
  readonly #options: DispatcherOptions;
  readonly #held: HeldQueue<ClientRequest | HeldNotification>;
  readonly #pools: readonly EndpointPool[];
  readonly #failover: Failover;
  /** The lane that brings the notifications, until another one does. */
  #home: Lane | undefined;
  #lanes = 0;
  #paused = false;
  #releasing = false;
  #releaseAgain = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    const { memory, pool: limits, clock, log, random } = options;
    this.#held = new HeldQueue(options.limits);
    const lanes = { ...options.lanes, nextLaneNumber: () => ++this.#lanes };
    this.#pools = options.gateways.map(
      (gateway) => new EndpointPool({ gateway, owner: this, memory, limits, lanes, clock, log, random }),
    );
    this.#failover = new Failover({
      pools: this.#pools,
      clock,
      log,
      mayMove: () => memory.repeatable,
      activated: () => this.#moveHome(),
    });
  }

  get heldCount(): number {
    return this.#held.count;
  }

  get heldBytes(): number {
    return this.#held.bytes;
  }

  get openConnections(): number {
    return this.#pools.reduce((sum, { openConnections }) => sum + openConnections, 0);
  }

  /** Bytes that no gateway has taken yet. */
  get bufferedBytes(): number {
    return this.#pools.reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0);
  }

  /** Whether no connection was open yet, and one may still be. */
  get awaitsFirstLink(): boolean {
    return this.#lanes === 0 && !this.#pools.every(({ lastError }) => lastError?.permanent === true);
  }

  /** True while more is waiting for an open connection than may wait: the client should write no faster. */
  get saturated(): boolean {
    return this.#held.full && this.#failover.active !== undefined;
  }

  /** Why the best endpoint could not be reached, when it could not. */
  get lastError(): DialError | undefined {
    return this.#pools.find(({ lastError }) => lastError !== undefined)?.lastError;
  }

  start(): void {
    this.#failover.start();
  }

  /** Sends the request now or as soon as a lane can carry it. */
  submit(request: ClientRequest): void {
    if (request.bytes + ENVELOPE_ALLOWANCE > this.#options.maxMessageBytes) {
      this.#options.owner.refused(request, tooLargeError(request, this.#options.maxMessageBytes));
      return;
    }
    if (this.#held.count === 0 && this.#transmit(request)) return;
    request.state = "held";
    request.moveTo(undefined);
    if (this.#hold(request)) {
      // What waits for the home does not keep others from connections that are free.
      this.#release();
      if (request.state === "held") this.#await();
    } else this.#options.owner.refused(request, queueFullError(request, this.#held.count, this.lastError));
  }

  /** Sends a request once more, before everything that was never sent. */
  submitAgain(request: ClientRequest): void {
    if (this.#transmit(request)) return;
    request.state = "held";
    request.moveTo(undefined);
    this.#held.addAgain(request);
    this.#await();
  }

  /** Sends a notification of the client, in its place among the requests. */
  notify(message: RawMessage, namespace: string | undefined): boolean {
    const item = new HeldNotification(message, namespace);
    if (this.#held.count === 0 && this.#tell(item)) return true;
    const held = this.#hold(item);
    if (held) this.#await();
    return held;
  }

  /** Takes a request that waits out of the queue. */
  withdraw(request: ClientRequest): void {
    this.#held.remove(request);
  }

  /** What to tell a request that has waited in vain. */
  waitError({ known }: ClientRequest): RequestError {
    const active = this.#failover.active;
    if (active === undefined) return unreachableError(this.#attempted(), undefined, known);
    const text = `${active.endpoint.name} is connected but takes no messages. ${outcomeWords(known)}`;
    return new RequestError("UPSTREAM_UNAVAILABLE", text, { outcome: known });
  }

  /** The client has begun a session on this lane: connections that know nothing of it have no part in it. */
  sessionBegun(lane: Lane): void {
    const { active } = this.#failover;
    lane.initialized = false;
    for (const pool of this.#pools) {
      if (pool === active) pool.sessionBegun(lane);
      else if (pool.started) {
        pool.retire();
        pool.start();
      }
    }
  }

  /** The gateway has accepted a request that sets something for the session; connections beside `lane` hear of it too. */
  applied(setting: Said, lane: Lane): void {
    for (const pool of this.#pools) pool.apply(setting, lane);
  }

  /** Whether this lane brings what is not about one request: lists that have changed, resources that were updated. */
  brings(lane: Lane): boolean {
    return lane === this.#home || this.#failover.active?.includes(lane) === true;
  }

  /** Stops or starts reading from the gateway, because the client reads slowly. */
  pause(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    for (const pool of this.#pools) pool.pause(paused);
  }

  stop(how: "close" | "now"): void {
    this.#failover.stop();
    for (const pool of this.#pools) pool.stop(how);
  }

  // PoolOwner

  ready(pool: EndpointPool): void {
    this.#failover.ready(pool);
    if (this.#failover.active === pool) this.#moveHome();
  }

  down(pool: EndpointPool): void {
    this.#failover.down(pool);
  }

  refused(_pool: EndpointPool, _error: DialError, retryInMs: number | undefined): void {
    this.#failover.refused();
    if (this.#failover.active === undefined && this.#pools.every(({ hopeless }) => hopeless !== undefined)) {
      this.#failHeld(retryInMs);
    }
  }

  received(lane: Lane, read: WireRead): void {
    this.#options.owner.received(lane, read);
  }

  laneLost(lane: Lane, end: ChannelEnd): void {
    this.#options.owner.laneLost(lane, end);
  }

  room(): void {
    this.#release();
    if (this.#held.count === 0) this.#options.owner.linkSettled();
  }

  signal(endpoint: Endpoint, signal: GatewaySignal): void {
    this.#options.owner.signal(endpoint, signal);
  }

  /** The lane of the active endpoint's home is, or has become, the one that brings the notifications. */
  #moveHome(): void {
    const { memory, owner } = this.#options;
    const home = this.#failover.active?.home;
    const before = this.#home;
    if (home === undefined || home === before) return;
    this.#home = home;
    if (home.server !== undefined && memory.handshake !== undefined && home.server !== memory.handshake.server) {
      memory.serverIs(home.server);
      owner.serverChanged();
    }
    if (before !== undefined && !before.lost) owner.homeMoved(before);
    this.#release();
    owner.linkSettled();
  }

  #transmit(request: ClientRequest): boolean {
    const lane = this.#failover.active?.pick(request);
    if (lane === undefined) return false;
    const { owner, clock } = this.#options;
    const sent = lane.transmit(request.message, request.message.bytes, request.namespace);
    if (sent === undefined) return false;
    if (sent === TOO_LARGE) owner.refused(request, tooLargeError(request, undefined));
    else {
      request.sentOn(lane, sent, clock.now());
      owner.sent(request);
    }
    return true;
  }

  #tell(item: HeldNotification): boolean {
    const home = this.#failover.active?.pick(undefined);
    return home !== undefined && tellGateways(item, home, this.#pools);
  }

  /** What one item sets off may ask for another round: it comes after this one, in which each item is sent at most once. */
  #release(): void {
    this.#releaseAgain = true;
    if (this.#releasing) return;
    this.#releasing = true;
    try {
      while (this.#releaseAgain) {
        this.#releaseAgain = false;
        this.#releaseRound();
      }
    } finally {
      this.#releasing = false;
    }
  }

  /** In order for each connection: what finds the home full or away is passed by what does not need it. */
  #releaseRound(): void {
    const oneConnection = this.#options.pool.size === 1;
    let homeless = false;
    let crowded = false;
    for (const item of this.#held) {
      const needsHome = oneConnection || item instanceof HeldNotification || item.bound;
      if (needsHome ? homeless : crowded) continue;
      if (item instanceof HeldNotification ? this.#tell(item) : this.#transmit(item)) {
        this.#held.remove(item);
        continue;
      }
      if (needsHome) homeless = true;
      else crowded = true;
      if (oneConnection || (homeless && crowded)) return;
    }
  }

  /** A cause that waiting does not mend is told at once, unless it is so old that dialling again is worth it. */
  #await(): void {
    const { active } = this.#failover;
    if (active !== undefined) {
      active.growFor(this.#held.count);
      return;
    }
    this.#failover.start();
    let dialling = false;
    for (const pool of this.#pools) if (pool.started && pool.nudge()) dialling = true;
    if (!dialling && this.#pools.every(({ lastError }) => lastError?.permanent === true)) this.#failHeld(undefined);
  }

  #failHeld(retryInMs: number | undefined): void {
    for (const item of this.#held.items()) {
      if (item instanceof HeldNotification) continue;
      this.#held.remove(item);
      this.#options.owner.refused(item, unreachableError(this.#attempted(), retryInMs, item.known));
    }
    this.#options.owner.linkSettled();
  }

  #attempted() {
    return this.#pools.map(({ endpoint, lastError }) => ({ endpoint, cause: lastError }));
  }

  /** While a connection is open the client is slowed down (see `saturated`) instead of refused. */
  #hold(item: ClientRequest | HeldNotification): boolean {
    if (this.#failover.active !== undefined) {
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
}
