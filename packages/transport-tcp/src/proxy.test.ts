import { DialError, type DialTrace } from "@mcp-router/core/plugin";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { AGREED, dialErrorOf, dialTo, FACTS, type OpenOptions, transportOf } from "./fixtures/open-channel.ts";
import { credentialOf, endpointTo } from "./fixtures/endpoint.ts";
import { pem } from "./fixtures/pem.ts";
import { RecordingSink } from "./fixtures/recording-sink.ts";
import { gateway, serverOf } from "./fixtures/servers.ts";
import { tunnelProxy } from "./fixtures/tunnel-proxy.ts";

const tls = { ca: [pem("ca")] };
const server = { key: pem("server"), cert: pem("server") };

async function errorOf(url: string, options: OpenOptions): Promise<DialError> {
  const error = await dialErrorOf(url, options);
  const { message, hint, stack, cause } = error;
  expect(`${message} ${hint} ${stack} ${String(cause)} ${JSON.stringify(cause)}`).not.toContain("canary");
  return error;
}

/** Collects a trace. */
function recordingTrace() {
  const steps: Record<string, unknown>[] = [];
  const trace: DialTrace = { done: (step, facts) => void steps.push({ step, ...facts }) };
  return { steps, trace };
}

describe.each([
  ["tcp", undefined],
  ["tcps", server],
])("a connection through a proxy: %s", (scheme, options) => {
  it("carries frames in both directions, the first one of the gateway too", async () => {
    const { port, peer } = await gateway((socket) => socket.write(Buffer.from("4d43000000025b5d", "hex")), options);
    const proxy = await tunnelProxy();
    const sink = new RecordingSink();
    const url = `${scheme}://localhost:${port}`;
    const channel = await dialTo(url, sink, { tls, proxyFor: proxy.proxyFor });
    expect(proxy.asked).toEqual([url]);
    expect(proxy.requests).toEqual([
      `CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\nProxy-Authorization: Basic canary-login\r\n\r\n`,
    ]);
    await sink.until("message");
    expect(sink.texts).toEqual(["[]"]);
    channel.send(Buffer.from("{}"), FACTS);
    expect((await (await peer()).until(8)).toString("hex")).toBe("4d43000000027b7d");
  });

  it("is lost with the proxy", async () => {
    const { port, peer } = await gateway((socket) => socket.write(Buffer.from("4d43000000025b5d", "hex")), options);
    const proxy = await tunnelProxy();
    const sink = new RecordingSink();
    await dialTo(`${scheme}://localhost:${port}`, sink, { tls, proxyFor: proxy.proxyFor });
    await peer();
    await sink.until("message");
    proxy.cut();
    await sink.until("closed");
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
    const error = await errorOf(`${scheme}://gateway.invalid:1`, { proxyFor, signal: AbortSignal.timeout(50) });
    expect(error).toMatchObject({ reason: "timeout", permanent: false });
    expect(error.message).toMatch(/^The proxy 127\.0\.0\.1:\d+ \(gateway\.proxy\) did not answer within/);
  });

  it("is not opened when nobody can tell the proxy", async () => {
    const reason = new DialError("proxy", "HTTPS_PROXY is no URL.", { permanent: true });
    const proxyFor = () => {
      throw reason;
    };
    expect(await errorOf(`${scheme}://gateway.invalid:1`, { proxyFor })).toBe(reason);
  });
});

describe("a port that hangs up behind a proxy", () => {
  it("is never tried with TLS around the proxy", async () => {
    let connections = 0;
    const port = await serverOf((socket) => {
      connections++;
      socket.end();
    });
    const proxy = await tunnelProxy();
    const transport = transportOf("tcp", { proxyFor: proxy.proxyFor });
    for (let count = 0; count < 3; count++) {
      const sink = new RecordingSink();
      const endpoint = endpointTo(`tcp://127.0.0.1:${port}`);
      const channel = await transport.open(endpoint, credentialOf(), sink, new AbortController().signal);
      onTestFinished(() => channel.terminate());
      channel.send(Buffer.from("{}"), FACTS);
      await sink.until("closed");
    }
    expect(proxy.requests).toHaveLength(3);
    expect(connections).toBe(3);
  });
});

describe("the trace of a dial", () => {
  it("has each part, in its order", async () => {
    const { port } = await gateway(() => {}, server);
    const { steps, trace } = recordingTrace();
    await dialTo(`tcps://localhost:${port}`, new RecordingSink(), { tls, trace });
    expect(steps).toMatchObject([
      { step: "proxy", proxy: "none", rule: "no proxy is set" },
      { step: "dns", host: "localhost" },
      { step: "tcp", address: "127.0.0.1", port },
      { step: "tls", protocol: "TLSv1.3", authorized: true },
      { step: "framing", framing: "guide", negotiated: false },
    ]);
  });

  it("has the frames when the gateway has agreed to them", async () => {
    const { port } = await gateway((socket) => socket.once("data", () => socket.write(AGREED)));
    const { steps, trace } = recordingTrace();
    await dialTo(`tcp://127.0.0.1:${port}`, new RecordingSink(), { framing: "mcpb", trace });
    expect(steps).toMatchObject([
      { step: "proxy" },
      { step: "tcp", address: "127.0.0.1", port },
      { step: "framing", framing: "mcpb", negotiated: true },
    ]);
  });
});

describe("the certificate of the gateway", () => {
  it("must have a pinned key", async () => {
    const { port } = await gateway(() => {}, server);
    const error = await errorOf(`tcps://localhost:${port}`, {
      framing: "mcpb",
      tls: { ...tls, pins: ["sha256/none"] },
    });
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).toMatch(/it showed sha256\/[\w+/=]{44} \(CN=localhost\)/);
    expect(error.hint).toContain("gateway.tls.pins");
  });

  it("is warned of once when it ends soon", async () => {
    vi.spyOn(Date, "now").mockReturnValue(Date.parse("2099-12-22T00:00:00Z"));
    onTestFinished(() => void vi.restoreAllMocks());
    const { port } = await gateway(() => {}, server);
    const lines: string[] = [];
    const transport = transportOf("tcps", { lines });
    for (let count = 0; count < 2; count++) {
      const endpoint = endpointTo(`tcps://localhost:${port}`, { tls });
      const signal = new AbortController().signal;
      const channel = await transport.open(endpoint, credentialOf(), new RecordingSink(), signal);
      channel.terminate();
    }
    expect(lines).toEqual([
      `the certificate of localhost:${port} expires in 9 days (2099-12-31): renew it on the gateway`,
    ]);
  });
});
