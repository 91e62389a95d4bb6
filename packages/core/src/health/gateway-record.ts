import type { GatewayDialect } from "../endpoint/gateway-dialect.ts";
import type { Link } from "../link/link.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { ConnectionHealth, GatewayHealth, GatewayState, HealthProbe } from "../plugin/link-health.ts";
import type { HealthAsker } from "./health-asker.ts";

/** What is known of the health of one endpoint. It is put together when somebody asks; traffic pays nothing for it. */
export class GatewayRecord {
  readonly #endpoint: Endpoint;
  readonly #dialect: GatewayDialect;
  readonly #asker: HealthAsker;
  readonly #links = new Map<number, Link>();

  constructor(endpoint: Endpoint, dialect: GatewayDialect, asker: HealthAsker) {
    this.#endpoint = endpoint;
    this.#dialect = dialect;
    this.#asker = asker;
  }

  add(connection: number, link: Link): void {
    this.#links.set(connection, link);
  }

  remove(connection: number): void {
    this.#links.delete(connection);
  }

  /** The endpoint is being used. */
  used(): void {
    this.#asker.start();
  }

  async ask(): Promise<void> {
    await this.#asker.ask();
  }

  read(): GatewayHealth {
    const { version, from, features } = this.#dialect;
    const connections = [...this.#links].map(([connection, link]) => connectionHealth(connection, link));
    const probe = this.#asker.latest;
    return {
      endpoint: this.#endpoint.name,
      state: stateOf(connections, probe),
      version,
      versionFrom: from,
      features: { ...features },
      connections,
      probe,
    };
  }
}

function connectionHealth(connection: number, link: Link): ConnectionHealth {
  const { state, protocol, pulse, error } = link.picture;
  return {
    connection,
    state,
    protocol,
    silentMs: pulse?.silentMs,
    roundTripMs: pulse?.roundTripMs,
    unansweredMs: pulse?.unansweredMs,
    error: error === undefined ? undefined : { reason: error.reason, message: error.message, hint: error.hint },
  };
}

function stateOf(connections: readonly ConnectionHealth[], probe: HealthProbe | undefined): GatewayState {
  const open = connections.filter(({ state }) => state === "open");
  if (open.length > 0) {
    const answers = open.some(({ unansweredMs }) => unansweredMs === undefined);
    return answers && probe?.ok !== false ? "up" : "ailing";
  }
  if (connections.every(({ state }) => state === "idle")) return "idle";
  const untried = connections.every(({ error }) => error === undefined);
  return untried && connections.some(({ state }) => state === "connecting") ? "connecting" : "down";
}
