import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { describe, expect, it } from "vitest";

import type { JsonObject } from "../support/json.ts";
import { ParanoidClient } from "../support/paranoid-client.ts";
import { untilTestEnds } from "../support/scope.ts";
import { spawnRouter } from "../support/spawn-router.ts";
import { TEST_AUTHORITY, TEST_IDENTITY } from "../support/test-identity.ts";
import { startTestGateway } from "../support/test-gateway.ts";

const trusting = { tls: { ca_cert_path: TEST_AUTHORITY } };

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  untilTestEnds(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return address.port;
}

const web = (): Promise<number> => listening(createHttpServer((_request, response) => response.end("hello")));
const secureWeb = (): Promise<number> =>
  listening(createTlsServer(TEST_IDENTITY, (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
const greets = (text: string) => (): Promise<number> => listening(createServer((socket) => void socket.write(text)));
const framed =
  (framing: "guide" | "mcpb" | "mcpb-padded" | "lines", secure = false) =>
  async (): Promise<number> => {
    const tls = secure ? { tls: TEST_IDENTITY } : {};
    return (await startTestGateway({}, { transport: "tcp", framing, ...tls })).gateway.port;
  };
const webSocket = async (): Promise<number> => (await startTestGateway()).gateway.port;

/** What the answer to `initialize` says, and how soon: it does not wait for a gateway that waiting does not bring. */
async function answerOf(scheme: string, port: number, config: JsonObject = {}): Promise<string> {
  const router = await spawnRouter({
    url: `${scheme}://127.0.0.1:${port}`,
    config: { gateway: { connection: { timeout_ms: 3000 }, ...config }, local: { initialize_hold_ms: 60_000 } },
  });
  const client = new ParanoidClient(router);
  const { error } = await client.initialize();
  expect(error).toBeDefined();
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  return `${error?.message ?? ""} Hint: ${JSON.stringify(error?.data["hint"])}`;
}

describe("another protocol on the port is recognised at once, and the error says what to change:", () => {
  it.each<[string, string, () => Promise<number>, JsonObject, RegExp]>([
    ["a web server", "tcp", web, {}, /Protocol mismatch at 127\.0\.0\.1:\d+: .*HTTP.* Hint: .*ws/s],
    ["a WebSocket gateway", "tcp", webSocket, {}, /Protocol mismatch at 127\.0\.0\.1:\d+: .*HTTP.* Hint: .*ws:/s],
    ["a web server behind TLS", "tcps", secureWeb, trusting, /Protocol mismatch.*HTTP.* Hint: .*wss:/s],
    ["a gateway behind TLS", "tcp", framed("guide", true), {}, /Protocol mismatch.*TLS.* Hint: .*tcps:/s],
    ["a gateway without TLS", "tcps", framed("guide"), trusting, /Protocol mismatch.*TLS.* Hint: .*tcp:/s],
    ["SSH", "tcp", greets("SSH-2.0-OpenSSH_9.6\r\n"), {}, /Protocol mismatch.*SSH.* Hint: .*gateway\.url/s],
    [
      "the framing mcpb",
      "tcp",
      greets("MCPB\0\u0001\0\u0002\0\0\0\u0002{}"),
      {},
      /Protocol mismatch.* Hint: .*gateway\.framing: mcpb\b/s,
    ],
    [
      "the framing mcpb-padded",
      "tcp",
      greets("MCP\0\0\u0001\0\u0002\0\0\0\0\0\0\0\u0002{}"),
      {},
      /Protocol mismatch.* Hint: .*gateway\.framing: mcpb-padded/s,
    ],
    [
      "messages on lines",
      "tcp",
      greets('{"jsonrpc":"2.0","method":"hi"}\n'),
      {},
      /Protocol mismatch.* Hint: .*(lines|json-rpc)/s,
    ],
    [
      "frames where lines are expected",
      "tcp",
      greets("MC\0\0\0\u0002{}"),
      { wire: "json-rpc" },
      /Protocol mismatch.* Hint: .*(gateway\.framing|gateway\.wire)/s,
    ],
  ])("%s", async (_name, scheme, start, config, says) => {
    expect(await answerOf(scheme, await start(), config)).toMatch(says);
  });
});
