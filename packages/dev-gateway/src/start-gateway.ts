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
import { GATEWAY_VERSIONS } from "./gateway-version.ts";
import type { GatewayHealth } from "./http/gateway-health.ts";
import { chooseListener } from "./listeners/choose-listener.ts";
import { expectIdentity } from "./listeners/expect-identity.ts";
import { Door } from "./listeners/door.ts";
import { chooseLog } from "./log/choose-log.ts";
import { optionConflict } from "./option-conflict.ts";
import { chooseMessageAuth } from "./session/choose-message-auth.ts";
import { SessionTable } from "./session/session-table.ts";
import { chooseHandler } from "./session/choose-handler.ts";
import { chooseWire } from "./wire/choose-wire.ts";

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Starts a gateway and settles when it accepts connections. */
export async function startGateway(options: GatewayOptions): Promise<DevGateway> {
  const { host = "127.0.0.1", path = "/mcp", maxMessageBytes = MAX_MESSAGE_BYTES, version = "2" } = options;
  const conflict = optionConflict(options);
  if (conflict !== undefined) throw new TypeError(conflict);
  expectIdentity(options.tls);
  let tokens = readTokens(options);
  if (tokens.length === 0 && !isLoopback(host)) {
    throw new TypeError(`Expected a token for host ${host}: without one, anybody in the network could use the server`);
  }
  const seed = readSeed(options);
  options.faults?.forEach(expectFault);
  const guard = new BearerGuard(tokens);
  const events = new GatewayEventHub();
  const log = chooseLog(options.log);
  const faults = new FaultInjector({
    seed,
    sessions: () => sessions.all(),
    report: (event) => reportFault(event, events, log),
    gateway: {
      hasUpgrades: options.transport !== "tcp",
      closePort: () => door.close(),
      openPort: (signal) => door.reopen(signal),
      kill: () => sessions.kill(),
      close: (code, reason) => sessions.drop({ code, reason }),
    },
  });
  const sessions = new SessionTable({
    wire: chooseWire(options),
    guard,
    messageAuth: chooseMessageAuth(options),
    namespaces: options.rejectUnknownNamespace === true ? knownNamespaces(options.namespaces ?? []) : anyNamespace,
    events,
    log,
    faults,
    createHandler: chooseHandler(options, maxMessageBytes),
  });
  let status = "ok";
  const health = (): GatewayHealth => ({
    status: faults.restarting ? "restarting" : status,
    ...(options.announceVersion !== false && { version: GATEWAY_VERSIONS[version] }),
    sessions: sessions.infos().length,
  });
  const rules = { path, guard, allowedOrigins: options.allowedOrigins ?? [] };
  const listen = chooseListener(options, {
    host,
    path,
    maxMessageBytes,
    health,
    log,
    events,
    admit: () => faults.admit(),
    decide: async (request) => (await faults.admit()) ?? decideUpgrade(request, rules, options.onUpgrade),
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
    healthUrl: door.healthUrl,
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
