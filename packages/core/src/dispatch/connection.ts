import type { GatewayDialect } from "../endpoint/gateway-dialect.ts";
import { escapeForPeople } from "../errors/escape.ts";
import type { Lane, LaneOwner } from "../lane/lane.ts";
import type { WireRead } from "../lane/wire.ts";
import type { Link } from "../link/link.ts";
import type { LinkOwner } from "../link/link-options.ts";
import type { Credential } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import type { Logger } from "../plugin/logger.ts";
import type { Secret } from "../plugin/secret.ts";
import type { Channel, ChannelEnd, GatewaySignal } from "../plugin/transport.ts";
import { sameOnDial } from "./same-on-dial.ts";

/** A gateway that ends a connection sooner than this, in milliseconds, does not want it. */
const PROVEN_AFTER_MS = 10_000;

/** The pool that a connection belongs to. */
export interface ConnectionOwner {
  /** Makes the lane of a channel that has just opened. */
  createLane(connection: Connection, channel: Channel, credential: Credential): Lane;
  /** The connection carries messages from now on. */
  established(connection: Connection, lane: Lane): void;
  received(lane: Lane, read: WireRead): void;
  /** There is room again for what waits. */
  drain(): void;
  lost(connection: Connection, lane: Lane, end: ChannelEnd): void;
  /** A dial, or the repetition of the session, failed. */
  refused(connection: Connection, error: DialError, retryInMs: number | undefined): void;
  /** Nothing is open on it any more. */
  idle(connection: Connection): void;
  /** It works, and should be replaced by another one: its credential has changed, and it cannot take the new one. */
  outdated(connection: Connection): void;
  signal(signal: GatewaySignal): void;
  rotate(bearer: string): void;
}

export interface ConnectionOptions {
  readonly owner: ConnectionOwner;
  readonly createLink: (owner: LinkOwner) => Link;
  readonly dialect: GatewayDialect;
  readonly log: Logger;
}

/** One member of a pool: a link, and the lane on its open channel. */
export class Connection implements LinkOwner, LaneOwner {
  readonly #options: ConnectionOptions;
  readonly #link: Link;
  #lane: Lane | undefined;
  /** What the open channel was dialled with. */
  #dialled: Credential | undefined;
  #retiring = false;
  /** When something was open on it last, and when it was established; monotonic milliseconds. */
  idleSince: number | undefined = undefined;
  establishedAt: number | undefined = undefined;
  /** Its credential has changed before it was established. */
  stale = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#link = options.createLink(this);
  }

  get link(): Link {
    return this.#link;
  }

  /** The lane of the open channel, usable or not yet. */
  get lane(): Lane | undefined {
    return this.#lane;
  }

  /** Whether it carries messages, or would if the channel were not full for now. */
  get established(): boolean {
    return this.#lane?.established === true;
  }

  /** Takes no more requests and ends with the last one that is open. */
  get retiring(): boolean {
    return this.#retiring;
  }

  /** Whether it has stood long enough to show that the gateway wants it. */
  provenAt(now: number): boolean {
    return this.establishedAt !== undefined && now - this.establishedAt >= PROVEN_AFTER_MS;
  }

  start(): void {
    this.#link.start();
  }

  /** Takes nothing more; what is open on it goes on, and its end is the end of the connection. */
  retire(): void {
    if (this.#retiring) return;
    this.#retiring = true;
    const lane = this.#lane;
    if (lane === undefined || !lane.established || lane.load === 0) this.stop("close");
  }

  stop(how: "close" | "now"): void {
    this.#link.stop(how);
  }

  /** The provider has another credential. Every connection asks by itself; the source answers all of them at once. */
  credentialChanged(): void {
    this.#link.renewCredential("changed").catch((cause: unknown) => {
      const { endpoint } = this.#link;
      this.#options.log.warn({ endpoint: endpoint.name, err: cause }, "the changed credential could not be used");
    });
  }

  /** Uses a bearer that the gateway has handed out on some connection of its endpoint. */
  rotate(bearer: Secret): void {
    this.#link.rotate(bearer);
  }

  // LinkOwner

  opened(channel: Channel, credential: Credential, newer: Credential | undefined): void {
    const lane = this.#options.owner.createLane(this, channel, credential);
    this.#lane = lane;
    this.#dialled = credential;
    this.stale = newer !== undefined && this.#outdates(lane, newer);
    lane.begin();
  }

  message(bytes: Buffer): void {
    this.#lane?.receive(bytes);
  }

  drain(): void {
    this.#options.owner.drain();
  }

  lost(end: ChannelEnd): void {
    const lane = this.#lane;
    this.#lane = undefined;
    if (lane === undefined) return;
    lane.end(end);
    this.#options.owner.lost(this, lane, end);
  }

  refused(error: DialError, retryInMs: number): void {
    this.#options.owner.refused(this, error, retryInMs);
  }

  credential(credential: Credential): void {
    const lane = this.#lane;
    if (lane !== undefined && this.#outdates(lane, credential)) this.#options.owner.outdated(this);
  }

  signal(signal: GatewaySignal): void {
    this.#options.owner.signal(signal);
  }

  ask(): boolean {
    return this.#lane?.ping() === true;
  }

  get busy(): boolean {
    return this.#lane !== undefined && this.#lane.load > 0;
  }

  // LaneOwner

  received(lane: Lane, read: WireRead): void {
    this.#options.owner.received(lane, read);
  }

  ready(lane: Lane): void {
    this.#options.owner.established(this, lane);
  }

  unusable(lane: Lane, reason: string): void {
    const { log, owner } = this.#options;
    const said = escapeForPeople(reason);
    log.warn({ endpoint: lane.endpoint.name }, `${said}: giving up this connection`);
    const error = new DialError("protocol", said, { permanent: false });
    owner.refused(this, error, undefined);
    this.#link.giveUp(error);
  }

  idle(): void {
    if (this.#retiring) this.stop("close");
    else this.#options.owner.idle(this);
  }

  forgotten(lane: Lane): void {
    const { log, owner } = this.#options;
    log.warn(
      { endpoint: lane.endpoint.name },
      "the gateway has forgotten the session: it gets it again on a new connection",
    );
    owner.outdated(this);
  }

  async renewCredential(_lane: Lane, refused: string | undefined): Promise<void> {
    await this.#link.renewCredential("rejected", refused);
  }

  rotateToken(token: string): void {
    this.#options.owner.rotate(token);
  }

  /** Uses the credential as far as messages carry it. @returns whether it takes another connection to use the rest of it. */
  #outdates(lane: Lane, credential: Credential): boolean {
    const before = lane.token;
    lane.use(credential);
    if (lane.token !== before && !this.#options.dialect.features.perMessageAuth) return true;
    return this.#dialled !== undefined && !sameOnDial(this.#dialled, credential);
  }
}
