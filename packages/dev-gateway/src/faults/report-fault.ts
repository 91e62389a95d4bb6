import type { GatewayEventHub } from "../events/gateway-event-hub.ts";
import type { Faulted } from "../events/gateway-events.ts";
import type { LogSink } from "../log/log-entry.ts";

/** Tells listeners and the log what the gateway has done wrong on purpose. */
export function reportFault(event: Faulted, events: GatewayEventHub, log: LogSink): void {
  const { fault, step, detail, sessionId } = event;
  log({
    level: "info",
    message: `fault ${fault}${step === "hits" ? "" : ` ${step}`}: ${detail}`,
    ...(sessionId !== undefined && { session: sessionId }),
  });
  events.emit("faulted", () => event);
}
