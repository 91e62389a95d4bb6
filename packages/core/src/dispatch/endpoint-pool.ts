import type { Lane } from "../lane/lane.ts";
import type { Said } from "../lane/session-memory.ts";
import type { WireRead } from "../lane/wire.ts";
import type { Credential } from "../plugin/credential.ts";
import type { DialError } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import { Secret } from "../plugin/secret.ts";
import type { Channel, ChannelEnd, GatewaySignal } from "../plugin/transport.ts";
import type { ClientRequest } from "../session/client-request.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import { createLane } from "./create-lane.ts";
import { Growth } from "./growth.ts";
import { leastLoaded } from "./least-loaded.ts";
import { IdleConnections } from "./idle-connections.ts";
import { Lifetimes } from "./lifetimes.ts";
import type { PoolOptions } from "./pool-options.ts";

/**
 * The connections to one endpoint. One of them is the home: it brings the notifications and holds what the client has set
 * and subscribed to; it is dialled for ever. Further ones open when requests find no idle connection, and close when idle.
 * A connection is replaced without a gap: the new one repeats the session before the old one stops taking requests, and the
 * old one ends with the last request that is open on it.
 */
export class EndpointPool implements ConnectionOwner {
  readonly #options: PoolOptions;
  readonly #others = new Set<Connection>();
  readonly #growth: Growth;
  readonly #idle: IdleConnections;
  readonly #lifetimes: Lifetimes;
  #home: Connection | undefined;
  /** Takes the place of the home as soon as it is established. */
  #successor: Connection | undefined;
  #paused = false;
  #stopped = false;
  #hopeless: DialError | undefined;

  constructor(options: PoolOptions) {
    const { clock, limits, owner, random, gateway } = options;
    this.#options = options;
    this.#growth = new Growth(clock, random, () => owner.room());
    this.#idle = new IdleConnections(clock, limits, () => this.#closeIdle());
    this.#lifetimes = new Lifetimes(clock, limits.maxLifetimeMs, random, (connection) => this.outdated(connection));
    gateway.onCredentialChanged(() => {
      for (const connection of this.#all()) connection.credentialChanged();
    });
  }

  get endpoint(): Endpoint {
    return this.#options.gateway.endpoint;
  }

  /** The lane that brings the notifications, when it is established. */
  get home(): Lane | undefined {
    return this.#home?.established === true ? this.#home.lane : undefined;
  }

  get started(): boolean {
    return this.#home !== undefined;
  }

  /** Why the last dial failed; undefined while it is going well. */
  get lastError(): DialError | undefined {
    return this.#hopeless ?? this.#home?.link.lastError;
  }

  /** The cause that waiting does not mend, when the last attempt met one. */
  get hopeless(): DialError | undefined {
    return this.#hopeless;
  }

  /** How many connections are open, those included that end with their last request. */
  get openConnections(): number {
    return [...this.#all()].filter(({ lane }) => lane !== undefined).length;
  }

  get bufferedBytes(): number {
    let bytes = 0;
    for (const { lane } of this.#all()) bytes += lane?.channel.bufferedBytes ?? 0;
    return bytes;
  }

  start(): void {
    this.#home ??= this.#connect();
    this.#home.start();
  }

  /** New traffic waits: dials now if that is due. @returns whether a dial is under way. */
  nudge(): boolean {
    return this.#home?.link.nudge() === true;
  }

  /**
   * The lane for a request; undefined while it should wait: for the home, or for a connection that is being opened because
   * every other one is busy.
   *
   * @param request Undefined for what only the home will do for.
   */
  pick(request: ClientRequest | undefined): Lane | undefined {
    const lane = this.#home?.lane;
    const home = lane?.ready === true ? lane : undefined;
    if (this.#options.limits.size === 1 || request === undefined || request.bound) return home;
    const best = leastLoaded(home, this.#others);
    if (best === undefined || best.load === 0) return best;
    if (this.#mayGrow()) this.#grow();
    return this.#growth.awaited ? undefined : best;
  }

  /** This many requests wait for a connection that is free: opens what the pool has room for. */
  growFor(waiting: number): void {
    while (this.#growth.awaited && this.#growth.size < waiting && this.#mayGrow()) this.#grow();
  }

  /** A request of the client has set something that other connections of the session must know too. */
  apply(setting: Said, from: Lane | undefined): void {
    const everywhere = setting.message.method === "logging/setLevel";
    for (const connection of this.#all()) {
      const { lane } = connection;
      if (lane === undefined || lane === from || !lane.takesSettings || connection.retiring) continue;
      if (everywhere || this.#subscribes(connection)) lane.ask(setting, () => {});
    }
  }

  /** Every lane that takes requests. */
  *lanes(): Iterable<Lane> {
    for (const { lane, retiring } of this.#all()) if (lane?.established === true && !retiring) yield lane;
  }

  /** Whether this lane takes part in the session, rather than ending with its last request. */
  includes(lane: Lane): boolean {
    return [...this.lanes()].includes(lane);
  }

  /** The client has begun a session on this lane; connections of an earlier one have no part in it. */
  sessionBegun(lane: Lane): void {
    this.#postponeSuccession();
    for (const connection of this.#others) if (connection.lane !== lane) this.#retire(connection);
  }

  /** Stops or starts reading from the gateway, because the client reads slowly. */
  pause(paused: boolean): void {
    this.#paused = paused;
    for (const { link } of this.#all()) {
      if (paused) link.pause();
      else link.resume();
    }
  }

  /** Takes no more requests; what is open goes on. It can be started again. */
  retire(): void {
    const home = this.#home;
    this.#dropSuccessor();
    this.#home = undefined;
    this.#hopeless = undefined;
    if (home !== undefined) this.#others.add(home);
    for (const connection of this.#others) this.#retire(connection);
  }

  stop(how: "close" | "now"): void {
    this.#growth.stop();
    this.#idle.stop();
    this.#lifetimes.stop();
    this.#stopped = true;
    for (const connection of this.#all()) connection.stop(how);
  }

  // ConnectionOwner

  createLane(connection: Connection, channel: Channel, credential: Credential): Lane {
    if (this.#paused) connection.link.pause();
    const subscribes = this.#subscribes(connection);
    const paused = (): boolean => this.#paused;
    return createLane({ ...this.#options, channel, credential, subscribes, paused, owner: connection });
  }

  established(connection: Connection): void {
    const { owner, clock, memory } = this.#options;
    if (connection.retiring) return;
    this.#hopeless = undefined;
    this.#growth.ended(connection);
    this.#lifetimes.began(connection);
    connection.idleSince = clock.now();
    connection.establishedAt = clock.now();
    if (connection === this.#successor && !memory.repeatable) return this.#postponeSuccession();
    if (connection === this.#successor) this.#succeed(connection);
    // A fresh connection needs none.
    else if (connection === this.#home) this.#dropSuccessor();
    else if (this.#home !== undefined && !this.#home.established) this.#promote(connection);
    else this.#idle.watch();
    if (connection === this.#home) owner.ready(this);
    if (connection.stale) this.outdated(connection);
    owner.room();
  }

  received(lane: Lane, read: WireRead): void {
    this.#options.owner.received(lane, read);
  }

  drain(): void {
    this.#options.owner.room();
  }

  lost(connection: Connection, lane: Lane, end: ChannelEnd): void {
    const { owner, clock } = this.#options;
    this.#lifetimes.ended(connection);
    if (this.#stopped || connection === this.#successor) {
      // The link of a successor goes on dialling.
      owner.laneLost(lane, end);
    } else if (connection === this.#home) {
      const next = this.#standIn();
      if (next !== undefined) this.#promote(next);
      owner.laneLost(lane, end);
      if (next === undefined) owner.down(this);
      else owner.ready(this);
    } else {
      if (!connection.retiring && !connection.provenAt(clock.now())) this.#growth.failed();
      this.#discard(connection);
      owner.laneLost(lane, end);
      owner.room();
    }
  }

  refused(connection: Connection, error: DialError, retryInMs: number | undefined): void {
    const { owner, log } = this.#options;
    if (connection === this.#home) {
      this.#hopeless = error.permanent || retryInMs === undefined ? error : undefined;
      owner.refused(this, error, retryInMs);
    } else if (connection === this.#successor) {
      log.info({ endpoint: this.endpoint.name }, "the connection stays as it is until it can be replaced");
    } else if (this.#others.has(connection)) {
      this.#growth.failed();
      this.#discard(connection);
      owner.room();
    }
  }

  idle(connection: Connection): void {
    connection.idleSince = this.#options.clock.now();
    if (this.#others.size > 0) this.#idle.watch();
    // After the answer that has made it idle.
    if (this.#growth.awaited) queueMicrotask(() => this.#options.owner.room());
  }

  outdated(connection: Connection): void {
    connection.stale = !connection.established;
    if (connection.retiring || connection === this.#successor || !connection.established) return;
    if (connection !== this.#home) this.#retire(connection);
    else if (!this.#options.memory.repeatable) this.#lifetimes.soon(connection);
    else if (this.#successor === undefined) {
      this.#successor = this.#connect();
      this.#successor.start();
    }
  }

  signal(signal: GatewaySignal): void {
    this.#options.owner.signal(this.endpoint, signal);
  }

  rotate(bearer: string): void {
    for (const connection of this.#all()) connection.rotate(new Secret(bearer));
  }

  *#all(): Iterable<Connection> {
    if (this.#home !== undefined) yield this.#home;
    if (this.#successor !== undefined) yield this.#successor;
    yield* this.#others;
  }

  #connect(): Connection {
    const { gateway, log } = this.#options;
    const { createLink, dialect } = gateway;
    return new Connection({ owner: this, createLink, dialect, log });
  }

  #subscribes(connection: Connection): boolean {
    return connection === this.#home || connection === this.#successor;
  }

  /** Another connection takes the home's place; what the client has subscribed to moves there. */
  #promote(connection: Connection): void {
    const { memory } = this.#options;
    const before = this.#home;
    this.#others.delete(connection);
    this.#home = connection;
    this.#dropSuccessor();
    before?.stop("now");
    const { lane } = connection;
    if (lane !== undefined) for (const setting of memory.subscriptions) lane.ask(setting, () => {});
  }

  #succeed(connection: Connection): void {
    const before = this.#home;
    this.#successor = undefined;
    this.#home = connection;
    if (before === undefined) return;
    this.#others.add(before);
    this.#retire(before);
  }

  #standIn(): Connection | undefined {
    for (const connection of this.#others) if (connection.established && !connection.retiring) return connection;
    return undefined;
  }

  #mayGrow(): boolean {
    const { limits, memory } = this.#options;
    if (!memory.repeatable || !this.#growth.allowed) return false;
    let count = 1;
    for (const { retiring } of this.#others) if (!retiring) count++;
    return count < limits.size;
  }

  #grow(): void {
    const connection = this.#connect();
    this.#others.add(connection);
    this.#growth.began(connection);
    connection.start();
  }

  #retire(connection: Connection): void {
    connection.retire();
    this.#lifetimes.ended(connection);
    if (connection.lane === undefined) this.#others.delete(connection);
    this.#growth.ended(connection);
  }

  /** Ends a connection that is neither the home nor to be dialled again. */
  #discard(connection: Connection): void {
    this.#others.delete(connection);
    this.#growth.ended(connection);
    connection.stop("now");
  }

  /** The client has begun a session of which the successor knows nothing. What made the home outdated still does. */
  #postponeSuccession(): void {
    if (this.#successor !== undefined && this.#home !== undefined) this.#lifetimes.soon(this.#home);
    this.#dropSuccessor();
  }

  #dropSuccessor(): void {
    const successor = this.#successor;
    this.#successor = undefined;
    if (successor === undefined) return;
    this.#others.add(successor);
    this.#retire(successor);
  }

  #closeIdle(): void {
    for (const connection of this.#idle.surplus(this.#home, this.#others)) this.#retire(connection);
  }
}
