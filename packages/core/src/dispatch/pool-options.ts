import type { Clock } from "../clock.ts";
import type { Lane, LaneOptions } from "../lane/lane.ts";
import type { SessionMemory } from "../lane/session-memory.ts";
import type { WireRead } from "../lane/wire.ts";
import type { Gateway } from "../endpoint/gateway.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { DialError } from "../plugin/dial-error.ts";
import type { Logger } from "../plugin/logger.ts";
import type { ChannelEnd, GatewaySignal } from "../plugin/transport.ts";
import type { EndpointPool } from "./endpoint-pool.ts";

/** What a pool tells the dispatcher. */
export interface PoolOwner {
  received(lane: Lane, read: WireRead): void;
  /** The pool can serve: it has a home, or another one than before. */
  ready(pool: EndpointPool): void;
  /** The pool has no connection that carries messages. It goes on dialling. */
  down(pool: EndpointPool): void;
  /** Its endpoint cannot be reached, or cannot go on with the session; the next dial is due in `retryInMs`. */
  refused(pool: EndpointPool, error: DialError, retryInMs: number | undefined): void;
  laneLost(lane: Lane, end: ChannelEnd): void;
  /** Something that waits may be sent now. */
  room(): void;
  signal(endpoint: Endpoint, signal: GatewaySignal): void;
}

/** Sizes and times of a pool, in counts and milliseconds. */
export interface PoolLimits {
  readonly size: number;
  /** How many idle connections stay open; the home always does. */
  readonly maxIdle: number;
  readonly idleTimeoutMs: number;
  /** 0: a connection is never replaced for its age. */
  readonly maxLifetimeMs: number;
}

/** How lanes are made, but for what each connection brings itself. */
export type LaneParts = Pick<LaneOptions, "namespaceOf" | "nextTransmissionId" | "nextPrivateId"> & {
  readonly nextLaneNumber: () => number;
};

export interface PoolOptions {
  readonly gateway: Gateway;
  readonly owner: PoolOwner;
  readonly memory: SessionMemory;
  readonly limits: PoolLimits;
  readonly lanes: LaneParts;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
}
