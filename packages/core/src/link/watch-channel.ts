import type { Clock } from "../clock.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { Logger } from "../plugin/logger.ts";
import type { Channel } from "../plugin/transport.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { LinkOwner } from "./link-options.ts";

export interface WatchOptions {
  readonly channel: Channel;
  /** Whether the gateway answers the heartbeats of the channel, where it has any. It may say so while the channel is open. */
  readonly answersPings: () => boolean;
  readonly owner: Pick<LinkOwner, "ask" | "busy">;
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Cuts the channel when its peer is dead. Where there are no heartbeats below the messages, a message has to do: one that
 * the peer may leave unanswered while it is busy.
 */
export function watchChannel({ channel, answersPings, owner, endpoint, clock, log }: WatchOptions): Heartbeat {
  const beats = (): boolean => channel.ping !== undefined && answersPings();
  const ping = (): boolean => {
    if (!beats()) return owner.ask();
    channel.ping?.();
    return true;
  };
  return new Heartbeat({
    clock,
    intervalMs: endpoint.connection.keepaliveIntervalMs,
    timeoutMs: endpoint.connection.timeoutMs,
    blockedBytes: () => (channel.writable ? undefined : channel.bufferedBytes),
    uptake: () => ({ pending: channel.bufferedBytes > 0, taken: channel.takenBytes ?? 0 }),
    ping,
    mayBeBusy: () => !beats() && owner.busy,
    dead: () => {
      log.warn({ endpoint: endpoint.name }, "the gateway is silent, or takes nothing: cutting the connection");
      channel.terminate();
    },
  });
}
