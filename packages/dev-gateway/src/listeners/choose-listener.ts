import type { GatewayEventHub } from "../events/gateway-event-hub.ts";
import type { GatewayOptions } from "../gateway-options.ts";
import { GATEWAY_VERSIONS } from "../gateway-version.ts";
import type { GatewayHealth } from "../http/gateway-health.ts";
import type { LogSink } from "../log/log-entry.ts";
import type { AcceptConnection } from "./connection.ts";
import type { Listener } from "./listener.ts";
import { listenTcp } from "./tcp-listener.ts";
import type { UpgradeAnswer, UpgradeRequest } from "./upgrade-answer.ts";
import { listenWebSocket } from "./websocket-listener.ts";

/** What listeners of any transport need of the gateway. */
export interface ListenerSurroundings {
  readonly host: string;
  readonly path: string;
  readonly maxMessageBytes: number;
  readonly health: () => GatewayHealth;
  readonly log: LogSink;
  readonly events: GatewayEventHub;
  readonly admit: () => Promise<unknown>;
  readonly decide: (request: UpgradeRequest) => Promise<UpgradeAnswer>;
  readonly accept: AcceptConnection;
}

/** How this gateway listens on a port, for the first time and again after a restart. */
export function chooseListener(
  options: GatewayOptions,
  surroundings: ListenerSurroundings,
): (port: number) => Promise<Listener> {
  const { host, path, maxMessageBytes, health, accept, log, events } = surroundings;
  const { version = "2", tls } = options;
  const shared = { host, maxMessageBytes, health, accept, tls };
  if (options.transport === "tcp") {
    const framing = options.framing ?? (options.wire === "json-rpc" ? "lines" : "guide");
    let { healthPort } = options;
    return async (port) => {
      const listener = await listenTcp({
        ...shared,
        port,
        framing,
        healthPort,
        admit: surroundings.admit,
        log: (level, message) => log({ level, message }),
      });
      if (listener.healthUrl !== "") healthPort = Number(new URL(listener.healthUrl).port);
      return listener;
    };
  }
  return (port) =>
    listenWebSocket({
      ...shared,
      port,
      path,
      headers: options.announceVersion === false ? {} : { "X-MCP-Gateway-Version": GATEWAY_VERSIONS[version] },
      decide: surroundings.decide,
      refused({ url, headers, remoteAddress }, status) {
        log({ level: "warn", message: `upgrade of ${url} from ${remoteAddress} refused: ${status}` });
        events.emit("upgradeRefused", () => ({ status, url, headers }));
      },
      warn: (message) => log({ level: "warn", message }),
    });
}
