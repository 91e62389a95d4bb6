import { startGateway } from "@mcp-router/dev-gateway";
import type { DevGateway, GatewayOptions, Session } from "@mcp-router/dev-gateway";
import { onTestFinished } from "vitest";

const ANSWERS: { readonly [method: string]: unknown } = {
  initialize: {
    protocolVersion: "2025-11-25",
    capabilities: { tools: {} },
    serverInfo: { name: "test-server", version: "3.2.1" },
  },
  "tools/list": { tools: [{ name: "one" }, { name: "two" }] },
  ping: {},
};

/** What a session does with a request: answers in its own way, or `undefined` for the usual answer. */
export type Deed = (session: Session, id: unknown) => void;

/** A gateway with a small MCP server behind it, which does with some methods what the test says. It ends with the test. */
export async function startProbeGateway(
  options: GatewayOptions = {},
  deeds: { readonly [method: string]: Deed } = {},
): Promise<DevGateway> {
  const gateway = await startGateway({
    ...options,
    session: (session) => ({
      receive: (payload) => {
        const { id, method = "" }: { id?: unknown; method?: string } = JSON.parse(payload.toString());
        if (id === undefined) return;
        const deed = deeds[method];
        if (deed === undefined) session.send(JSON.stringify({ jsonrpc: "2.0", id, result: ANSWERS[method] ?? {} }));
        else deed(session, id);
      },
    }),
  });
  onTestFinished(() => gateway.close());
  return gateway;
}

/** Answers with an error of JSON-RPC. */
export function refusing(code: number, message: string): Deed {
  return (session, id) => void session.send(JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } }));
}
