import type { Clock } from "../clock.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { Logger } from "../plugin/logger.ts";
import type { Channel } from "../plugin/transport.ts";
import { Heartbeat } from "./heartbeat.ts";

/** Cuts the channel when its peer is dead. */
export function watchChannel(channel: Channel, endpoint: Endpoint, clock: Clock, log: Logger): Heartbeat {
  return new Heartbeat({
    clock,
    intervalMs: endpoint.connection.keepaliveIntervalMs,
    timeoutMs: endpoint.connection.timeoutMs,
    blockedBytes: () => (channel.writable ? undefined : channel.bufferedBytes),
    ping: () => channel.ping?.(),
    dead: () => {
      log.warn({ endpoint: endpoint.name }, "the gateway is silent, or takes nothing: cutting the connection");
      channel.terminate();
    },
  });
}
