import { describe, expect, it } from "vitest";
import { credentialOf, endpointTo } from "./fixtures/endpoint.ts";
import { pem } from "./fixtures/pem.ts";
import { recordingLogger } from "./fixtures/recording-logger.ts";
import { RecordingSink } from "./fixtures/recording-sink.ts";
import { gateway, webServer } from "./fixtures/servers.ts";
import plugin from "./index.ts";

function transportFor(scheme: string, lines: string[] = []) {
  const transport = plugin.contributes?.transports?.[scheme]?.create?.({
    log: recordingLogger(lines),
    wire: undefined,
    framing: undefined,
    createCodec: () => {
      throw new Error("WebSocket has frames of its own");
    },
    signal: new AbortController().signal,
    proxyFor: () => ({ proxy: undefined, because: "no proxy is set" }),
  });
  if (transport === undefined) throw new Error(`no transport for ${scheme}`);
  return transport;
}

describe("the plugin", () => {
  it("contributes ws and wss, whose gateways speak the envelope", () => {
    expect(plugin.name).toBe("transport-ws");
    expect(Object.keys(plugin.contributes?.transports ?? {})).toEqual(["ws", "wss"]);
    expect(transportFor("ws").defaultWire).toBe("envelope");
    expect(transportFor("wss").defaultWire).toBe("envelope");
  });

  it("opens channels, and warns once when certificates are not verified", async () => {
    const server = pem("server");
    const { port } = await gateway({}, { key: server, cert: server });
    const lines: string[] = [];
    const transport = transportFor("wss", lines);
    for (let count = 0; count < 2; count++) {
      const endpoint = endpointTo(`wss://localhost:${port}`, { tls: { verify: false } });
      const channel = await transport.open(endpoint, credentialOf(), new RecordingSink(), new AbortController().signal);
      channel.terminate();
    }
    expect(lines).toEqual([expect.stringContaining("gateway.tls.verify is false")]);
  });

  it("says nothing when they are", async () => {
    const server = pem("server");
    const { port } = await gateway({}, { key: server, cert: server });
    const lines: string[] = [];
    const endpoint = endpointTo(`wss://localhost:${port}`, { tls: { ca: [pem("ca")] } });
    const channel = await transportFor("wss", lines).open(
      endpoint,
      credentialOf(),
      new RecordingSink(),
      new AbortController().signal,
    );
    channel.terminate();
    expect(lines).toEqual([]);
  });
});

describe("health", () => {
  async function healthServer(tls?: { readonly key: string; readonly cert: string }) {
    const paths: string[] = [];
    const port = await webServer((request, answer) => {
      paths.push(request.url ?? "");
      answer.end('{"status":"ok"}');
    }, tls);
    return { port, paths };
  }

  it.each([
    ["ws", undefined],
    ["wss", { key: pem("server"), cert: pem("server") }],
  ])("is asked of the gateway's own host and port, at /health: %s", async (scheme, tls) => {
    const { port, paths } = await healthServer(tls);
    const endpoint = endpointTo(`${scheme}://localhost:${port}/mcp?key=1`, { tls: { ca: [pem("ca")] } });
    const answer = await transportFor(scheme).health?.(endpoint, undefined, new AbortController().signal);
    const web = tls === undefined ? "http" : "https";
    expect(answer).toEqual({ url: `${web}://localhost:${port}/health`, status: 200, says: "ok" });
    expect(paths).toEqual(["/health"]);
  });

  it("is asked of the configured URL", async () => {
    const { port, paths } = await healthServer();
    const url = new URL(`http://127.0.0.1:${port}/up`);
    const endpoint = endpointTo("ws://127.0.0.1:1");
    expect(await transportFor("ws").health?.(endpoint, url, new AbortController().signal)).toMatchObject({
      status: 200,
    });
    expect(paths).toEqual(["/up"]);
  });
});
