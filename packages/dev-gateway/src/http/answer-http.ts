import type { IncomingMessage, ServerResponse } from "node:http";

import type { GatewayHealth } from "./gateway-health.ts";

/** What plain HTTP requests are answered from. */
export interface HttpResources {
  /** The path of the MCP endpoint, which wants an upgrade. Where there is none, nothing is at any path but `/health`. */
  readonly path?: string;
  health(): GatewayHealth;
}

/** Answers everything that is not an upgrade: `/health`, and clear errors for the rest. */
export function answerHttp(request: IncomingMessage, response: ServerResponse, resources: HttpResources): void {
  const path = (request.url ?? "/").split("?", 1)[0];
  response.setHeader("Connection", "close");
  if (path === resources.path) {
    response.writeHead(426, { Upgrade: "websocket", "Content-Type": "text/plain" });
    response.end("This is a WebSocket endpoint\n");
    return;
  }
  if (path !== "/health") {
    response.writeHead(404, { "Content-Type": "text/plain" });
    response.end("Not found\n");
    return;
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { Allow: "GET, HEAD" });
    response.end();
    return;
  }
  const health = resources.health();
  // A gateway that says it is not well says so in the status too: probes look at nothing else.
  const status = health.status === "ok" ? 200 : 503;
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(`${JSON.stringify(health)}\n`);
}
