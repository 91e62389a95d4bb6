import { startGateway } from "@mcp-router/dev-gateway";
import type { DevGateway } from "@mcp-router/dev-gateway";
import { onTestFinished } from "vitest";

/**
 * A gateway whose sessions answer every request with what they were asked, but for `test/hang`, which they keep. It ends
 * with the test.
 */
export async function startEchoGateway(options: { readonly token?: string } = {}): Promise<DevGateway> {
  const gateway = await startGateway({
    ...options,
    session: (session) => ({
      receive: (payload) => {
        const { id, method, params }: { id?: unknown; method?: string; params?: unknown } = JSON.parse(
          payload.toString(),
        );
        if (id === undefined || method === undefined || method === "test/hang") return;
        session.send(JSON.stringify({ jsonrpc: "2.0", id, result: { method, params: params ?? null } }));
      },
    }),
  });
  onTestFinished(() => gateway.close());
  return gateway;
}
