import { createServer } from "node:http";

import { openPort } from "../listeners/open-port.ts";
import { urlHost } from "../listeners/url-host.ts";
import { answerHttp } from "./answer-http.ts";
import type { GatewayHealth } from "./gateway-health.ts";

export interface HealthPortOptions {
  readonly host: string;
  /** 0 takes a free port; undefined opens none. */
  readonly healthPort: number | undefined;
  readonly health: () => GatewayHealth;
}

/** A port for `/health` alone. */
export interface HealthPort {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens it, for gateways whose own port does not speak HTTP. */
export async function openHealthPort({ host, healthPort, health }: HealthPortOptions): Promise<HealthPort | undefined> {
  if (healthPort === undefined) return undefined;
  const server = createServer((request, response) => answerHttp(request, response, { health }));
  const port = await openPort(server, { host, port: healthPort });
  return {
    url: `http://${urlHost(host)}:${port}/health`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
