import { randomInt } from "node:crypto";

import { BearerGuard } from "./access/bearer-guard.ts";
import { isLoopback } from "./access/is-loopback.ts";
import { decideUpgrade } from "./access/decide-upgrade.ts";
import { anyNamespace, knownNamespaces } from "./access/namespace-policy.ts";
import type { DevGateway } from "./dev-gateway.ts";
import { GatewayEventHub } from "./events/gateway-event-hub.ts";
import { FaultInjector } from "./faults/fault-injector.ts";
import { expectFault } from "./faults/fault-settings.ts";
import { reportFault } from "./faults/report-fault.ts";
import type { GatewayOptions } from "./gateway-options.ts";
import { GATEWAY_VERSION } from "./gateway-version.ts";
import type { GatewayHealth } from "./http/gateway-health.ts";
import { Door } from "./listeners/door.ts";
import type { Listener } from "./listeners/listener.ts";
import { listenWebSocket } from "./listeners/websocket-listener.ts";
import { chooseLog } from "./log/choose-log.ts";
import { messageAuth } from "./session/message-auth.ts";
import { SessionTable } from "./session/session-table.ts";
import { chooseHandler } from "./session/choose-handler.ts";
import { envelopeWire } from "./wire/envelope-wire.ts";
import { jsonRpcWire } from "./wire/json-rpc-wire.ts";

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Starts a gateway and settles when it accepts connections. */
export async function startGateway(options: GatewayOptions): Promise<DevGateway> {
  const { host = "127.0.0.1", path = "/mcp", maxMessageBytes = MAX_MESSAGE_BYTES } = options;
  let tokens = readTokens(options);
  if (tokens.length === 0 && !isLoopback(host)) {
    throw new TypeError(`Expected a token for host ${host}: without one, anybody in the network could use the server`);
  }
  const seed = readSeed(options);
  options.faults?.forEach(expectFault);
  const bare = options.wire === "json-rpc";
  const guard = new BearerGuard(tokens);
  const events = new GatewayEventHub();
  const log = chooseLog(options.log);
  const faults = new FaultInjector({
    seed,
    sessions: () => sessions.all(),
    report: (event) => reportFault(event, events, log),
    gateway: {
      closePort: () => door.close(),
      openPort: (signal) => door.reopen(signal),
      kill: () => sessions.kill(),
      close: (code, reason) => sessions.drop({ code, reason }),
    },
  });
  const sessions = new SessionTable({
    wire: bare ? jsonRpcWire : envelopeWire,
    guard,
    // A bare message has no place for a token.
    messageAuth: messageAuth(bare ? "off" : (options.messageAuth ?? "when-present")),
    namespaces: options.rejectUnknownNamespace === true ? knownNamespaces(options.namespaces ?? []) : anyNamespace,
    events,
    log,
    faults,
    createHandler: chooseHandler(options, maxMessageBytes),
  });
  let status = "ok";
  const health = (): GatewayHealth => ({
    status: faults.restarting ? "restarting" : status,
    version: GATEWAY_VERSION,
    sessions: sessions.infos().length,
  });
  const rules = { path, guard, allowedOrigins: options.allowedOrigins ?? [] };

  const listen = (port: number): Promise<Listener> =>
    listenWebSocket({
      host,
      port,
      maxMessageBytes,
      resources: { path, health },
      decide: async (request) => (await faults.admit()) ?? decideUpgrade(request, rules, options.onUpgrade),
      refused(request, refusal) {
        log({
          level: "warn",
          message: `upgrade of ${request.url} from ${request.remoteAddress} refused: ${refusal}`,
        });
        events.emit("upgradeRefused", () => ({
          status: refusal,
          url: request.url,
          headers: request.headers,
        }));
      },
      accept: (connection) => sessions.open(connection),
    });
  const door = await Door.open(listen, options.port ?? 0);
  if (options.requireInitialized === true) faults.requireInitialized();
  for (const fault of options.faults ?? []) faults.inject(fault);

  let closing: Promise<void> | undefined;
  async function stop(): Promise<void> {
    await faults.stop();
    // The port first, so that nobody comes in while the sessions end; it is free when the last socket is gone.
    const released = door.close();
    await sessions.closeAll(1001, "the gateway is shutting down");
    await released;
  }

  return {
    url: door.url,
    healthUrl: new URL("/health", door.url.replace("ws:", "http:")).href,
    port: door.port,
    seed,
    get token() {
      return tokens[0];
    },
    get health() {
      return health();
    },
    sessions: () => sessions.infos(),
    setTokens(replacement) {
      rejectEmpty(replacement);
      tokens = replacement;
      guard.replace(replacement);
    },
    setHealthStatus(replacement) {
      status = replacement;
    },
    on: (name, callback) => events.on(name, callback),
    next: (name, matches) => events.next(name, matches),
    dropConnections: (drop = {}) => sessions.drop(drop),
    inject: (fault) => faults.inject(fault),
    restart: (restart = {}) => faults.restart(restart),
    forgetSessions: ({ sessionId, ...forget } = {}) => faults.forget(forget, sessionId),
    stall: ({ sessionId, ...stall } = {}) => faults.stall(stall, sessionId),
    release: () => faults.release(),
    close: () => (closing ??= stop()),
    kill: () => sessions.kill(),
  };
}

function readTokens(options: GatewayOptions): readonly string[] {
  const tokens = options.tokens ?? (options.token === undefined ? [] : [options.token]);
  rejectEmpty(tokens);
  return tokens;
}

function readSeed({ seed = randomInt(2 ** 31) }: GatewayOptions): number {
  if (!Number.isSafeInteger(seed)) throw new TypeError(`Expected \`seed\` to be an integer, received ${seed}`);
  return seed;
}

/** An empty token in a variable that was not set must not open the gateway. */
function rejectEmpty(tokens: readonly string[]): void {
  if (tokens.includes("")) throw new TypeError("Expected a token, received an empty string");
}
