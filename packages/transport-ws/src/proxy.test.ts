import { DialError, type DialTrace, type ProxyFor, Secret } from "@mcp-router/core/plugin";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { credentialOf, endpointTo, type EndpointParts } from "./fixtures/endpoint.ts";
import { FACTS } from "./fixtures/open-channel.ts";
import { pem } from "./fixtures/pem.ts";
import { RecordingSink } from "./fixtures/recording-sink.ts";
import { recordingLogger } from "./fixtures/recording-logger.ts";
import { freePort, gateway, tcpServer } from "./fixtures/servers.ts";
import { tunnelProxy } from "./fixtures/tunnel-proxy.ts";
import { WebSocketTransport } from "./web-socket-transport.ts";

const tls = { ca: [pem("ca")] };
const server = { key: pem("server"), cert: pem("server") };
const never = new AbortController().signal;
const DIRECTLY: ProxyFor = () => ({ proxy: undefined, because: "NO_PROXY (.internal)" });

interface OpenOptions extends EndpointParts {
  readonly proxyFor?: ProxyFor;
  readonly lines?: string[];
  readonly trace?: DialTrace;
}

function transportWith({ proxyFor = DIRECTLY, lines = [] }: OpenOptions): WebSocketTransport {
  return new WebSocketTransport({
    log: recordingLogger(lines),
    wire: undefined,
    framing: undefined,
    createCodec: () => expect.fail("WebSocket has frames of its own"),
    signal: never,
    proxyFor,
  });
}

async function open(url: string, options: OpenOptions = {}, transport = transportWith(options)) {
  const sink = new RecordingSink();
  const credential = credentialOf({ bearer: new Secret("canary-token") });
  const channel = await transport.open(endpointTo(url, { tls, ...options }), credential, sink, never, options.trace);
  onTestFinished(() => channel.terminate());
  return { channel, sink };
}

async function errorOf(url: string, options: OpenOptions): Promise<DialError> {
  const outcome = await open(url, options).catch((error: unknown) => error);
  if (!DialError.is(outcome)) throw new Error("it opened");
  const { message, hint, stack, cause } = outcome;
  expect(`${message} ${hint} ${stack} ${String(cause)} ${JSON.stringify(cause)}`).not.toContain("canary");
  return outcome;
}

/** Collects a trace. */
function recordingTrace() {
  const steps: Record<string, unknown>[] = [];
  const trace: DialTrace = { done: (step, facts) => void steps.push({ step, ...facts }) };
  return { steps, trace };
}

describe.each([
  ["ws", undefined],
  ["wss", server],
])("a WebSocket through a proxy: %s", (scheme, options) => {
  it("has its handshake with the gateway, in both directions", async () => {
    const { port, peer } = await gateway({}, options);
    const proxy = await tunnelProxy();
    const url = `${scheme}://localhost:${port}/mcp?key=1`;
    const { channel, sink } = await open(url, { proxyFor: proxy.proxyFor });
    expect(proxy.asked).toEqual([url]);
    expect(proxy.requests).toEqual([
      `CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\nProxy-Authorization: Basic canary-login\r\n\r\n`,
    ]);
    const far = await peer();
    expect(far.request.url).toBe("/mcp?key=1");
    expect(far.request.headers).toMatchObject({ host: `localhost:${port}`, authorization: "Bearer canary-token" });
    expect(far.request.headers).not.toHaveProperty("proxy-authorization");
    channel.send(Buffer.from("up"), FACTS);
    expect((await far.messages(1)).map(String)).toEqual(["up"]);
    far.webSocket.send("down");
    await sink.until("message");
    expect(sink.texts).toEqual(["down"]);
  });

  it("is lost with the proxy", async () => {
    const { port, peer } = await gateway({}, options);
    const proxy = await tunnelProxy();
    const { sink } = await open(`${scheme}://localhost:${port}`, { proxyFor: proxy.proxyFor });
    await peer();
    proxy.cut();
    const { end } = await sink.until("closed");
    expect(end.error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(end.error?.message).toContain(`The connection to localhost:${port} through the proxy 127.0.0.1:`);
  });

  it.each([
    [407, true, "did not accept the user and password"],
    [403, true, "does not allow connections"],
    [502, false, "could not connect"],
  ])("is not opened when the proxy answers %i", async (status, permanent, says) => {
    const { proxyFor } = await tunnelProxy(`HTTP/1.1 ${status} No\r\n\r\n`);
    const error = await errorOf(`${scheme}://gateway.invalid:1`, { proxyFor });
    expect(error).toMatchObject({ reason: "proxy", permanent, status });
    expect(error.message).toContain(`(gateway.proxy) ${says}`);
  });

  it("is not opened in time when the proxy is silent", async () => {
    const { proxyFor } = await tunnelProxy("");
    const connection = { timeoutMs: 50 };
    const error = await errorOf(`${scheme}://gateway.invalid:1`, { proxyFor, connection });
    expect(error).toMatchObject({ reason: "timeout", permanent: false });
    expect(error.message).toMatch(/^The proxy 127\.0\.0\.1:\d+ \(gateway\.proxy\) did not answer within 50 ms/);
  });

  it("is not opened when nobody can tell the proxy", async () => {
    const reason = new DialError("proxy", "HTTPS_PROXY is no URL.", { permanent: true });
    const error = await errorOf(`${scheme}://gateway.invalid:1`, {
      proxyFor: () => {
        throw reason;
      },
    });
    expect(error).toBe(reason);
  });
});

describe("the trace of a dial", () => {
  it("has each part, in its order", async () => {
    const { port } = await gateway({ headers: ["X-MCP-Gateway-Version: 2.1"] }, server);
    const { steps, trace } = recordingTrace();
    await open(`wss://localhost:${port}`, { trace });
    expect(steps).toMatchObject([
      { step: "proxy", proxy: "none", rule: "NO_PROXY (.internal)" },
      { step: "dns", host: "localhost", address: expect.any(String), family: expect.any(Number) },
      { step: "tcp", address: "127.0.0.1", port },
      { step: "tls", protocol: "TLSv1.3", authorized: true },
      { step: "upgrade", status: 101, "x-mcp-gateway-version": "2.1" },
    ]);
  });

  it("ends where the dial does", async () => {
    const { steps, trace } = recordingTrace();
    await errorOf(`ws://127.0.0.1:${await freePort()}`, { trace });
    expect(steps).toEqual([{ step: "proxy", proxy: "none", rule: "NO_PROXY (.internal)" }]);
  });
});

describe("the certificate of the gateway", () => {
  it("must have a pinned key", async () => {
    const { port } = await gateway({}, server);
    const error = await errorOf(`wss://localhost:${port}`, { tls: { ...tls, pins: ["sha256/none"] } });
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).toMatch(/it showed sha256\/[\w+/=]{44} \(CN=localhost\)/);
  });

  it("is warned of once when it ends soon", async () => {
    vi.spyOn(Date, "now").mockReturnValue(Date.parse("2099-12-22T00:00:00Z"));
    onTestFinished(() => void vi.restoreAllMocks());
    const { port } = await gateway({}, server);
    const lines: string[] = [];
    const transport = transportWith({ lines });
    for (let count = 0; count < 2; count++) await open(`wss://localhost:${port}`, {}, transport);
    expect(lines).toEqual([
      `the certificate of localhost:${port} expires in 9 days (2099-12-31): renew it on the gateway`,
    ]);
  });
});

describe("a dial as a whole", () => {
  it("has one time for everything, however the parts share it", async () => {
    let asked = (): void => {};
    const upgrade = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const port = await tcpServer((socket) => socket.once("data", asked));
    const error = await errorOf(`ws://127.0.0.1:${port}`, { connection: { timeoutMs: 50 } });
    await upgrade;
    expect(error.message).toContain("within 50 ms: connected, but the upgrade to WebSocket was not answered");
  });
});
