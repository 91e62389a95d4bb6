import { Lane, type LaneOwner } from "../lane/lane.ts";
import { SessionReplay } from "../lane/session-replay.ts";
import type { Credential } from "../plugin/credential.ts";
import type { Channel } from "../plugin/transport.ts";
import type { PoolOptions } from "./pool-options.ts";

export interface LaneContext extends Pick<PoolOptions, "gateway" | "memory" | "lanes" | "clock" | "log"> {
  readonly channel: Channel;
  readonly credential: Credential;
  /** Whether it brings what the client has subscribed to. */
  readonly subscribes: boolean;
  /** Whether nothing is read from the gateway for now, because of the client. */
  readonly paused: () => boolean;
  readonly owner: LaneOwner;
}

/** The lane of a channel that has just opened; it repeats the client's session when there is one. */
export function createLane(context: LaneContext): Lane {
  const { gateway, memory, lanes, clock, log, channel, credential, subscribes, paused, owner } = context;
  const { nextLaneNumber, ...parts } = lanes;
  const { handshake } = memory;
  return new Lane({
    ...parts,
    number: nextLaneNumber(),
    endpoint: gateway.endpoint,
    channel,
    credential,
    wire: gateway.wire,
    dialect: gateway.dialect,
    replay:
      handshake === undefined ? undefined : new SessionReplay({ handshake, memory, subscribes, paused, clock, log }),
    owner,
  });
}
