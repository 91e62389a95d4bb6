import { createServer } from "node:http";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Secret } from "@mcp-router/core/plugin";
import { describe, expect, it, onTestFinished } from "vitest";
import { credentialOf, endpointTo } from "./fixtures/endpoint.ts";
import { dialErrorOf, dialTo, FACTS, openChannel, transportOf } from "./fixtures/open-channel.ts";
import { pem } from "./fixtures/pem.ts";
import { RecordingSink } from "./fixtures/recording-sink.ts";
import { freePort, gateway, serverOf } from "./fixtures/servers.ts";
import plugin from "./index.ts";

const ca = [pem("ca")];
const never = new AbortController().signal;

function tlsGateway(name = "server", options = {}) {
  return gateway(undefined, { key: pem(name), cert: pem(name), ...options });
}

describe("the plugin", () => {
  it("contributes its schemes, whose gateways speak the envelope, and its layouts", () => {
    expect(Object.keys(plugin.contributes?.transports ?? {})).toEqual(["tcp", "tcps", "tcp+tls"]);
    expect(Object.keys(plugin.contributes?.framings ?? {})).toEqual(["guide", "typed", "mcpb", "mcpb-padded", "lines"]);
    expect(transportOf("tcps").defaultWire).toBe("envelope");
  });

  it("takes layouts from the context like anybody's", async () => {
    const server = await gateway();
    const asked: string[] = [];
    const transport = plugin.contributes?.transports?.["tcp"]?.create?.({
      log: { ...console, fatal: () => {}, isLevelEnabled: () => false, child: () => expect.fail() },
      wire: undefined,
      framing: "semicolons",
      createCodec: (name) => {
        asked.push(name);
        return { delimiter: 0x3b };
      },
      proxyFor: () => ({ proxy: undefined, because: "no proxy is set" }),
      signal: never,
    });
    const sink = new RecordingSink();
    const channel = await transport?.open(endpointTo(`tcp://127.0.0.1:${server.port}`), credentialOf(), sink, never);
    onTestFinished(() => channel?.terminate());
    const peer = await server.peer();
    channel?.send(Buffer.from("{}"), FACTS);
    expect((await peer.until(3)).toString()).toBe("{};");
    peer.socket.write("[1];[2];");
    await sink.until("message", 2);
    expect(sink.texts).toEqual(["[1]", "[2]"]);
    expect(asked).toEqual(["semicolons"]);
  });
});

describe("a port that has hung up without a word", () => {
  it("and then neither answers TLS nor hangs up on it, as a gateway of lines may, is dialled all the same", async () => {
    let connections = 0;
    const port = await serverOf((socket) => (++connections === 1 ? socket.end() : socket.resume()));
    const transport = transportOf("tcp", { framing: "lines" });
    const endpoint = endpointTo(`tcp://127.0.0.1:${port}`, { connection: { timeoutMs: 100 } });
    const sink = new RecordingSink();
    await transport.open(endpoint, credentialOf(), sink, never);
    await sink.until("closed");
    for (let times = 0; times < 2; times++) {
      const channel = await transport.open(endpoint, credentialOf(), new RecordingSink(), never);
      onTestFinished(() => channel.terminate());
    }
    // Tried with TLS once.
    await expect.poll(() => connections).toBe(4);
  });

  it("is tried with TLS once, also when the dial ends over it", async () => {
    let connections = 0;
    const port = await serverOf((socket) => (++connections === 1 ? socket.end() : socket.resume()));
    const transport = transportOf("tcp");
    const endpoint = endpointTo(`tcp://127.0.0.1:${port}`);
    const sink = new RecordingSink();
    await transport.open(endpoint, credentialOf(), sink, never);
    await sink.until("closed");
    const dial = transport.open(endpoint, credentialOf(), new RecordingSink(), AbortSignal.timeout(20));
    await expect(dial).rejects.toMatchObject({ reason: "timeout" });
    const channel = await transport.open(endpoint, credentialOf(), new RecordingSink(), never);
    onTestFinished(() => channel.terminate());
  });
});

describe("a plain dial", () => {
  it("sends nothing of the credential", async () => {
    const credential = credentialOf({ bearer: new Secret("token"), headers: new Map([["X-Key", "value"]]) });
    const { channel, peer } = await openChannel({ credential });
    expect(channel.info).toEqual({ protocol: "tcp, guide" });
    channel.send(Buffer.from("{}"), FACTS);
    expect(await peer.until(8)).toHaveLength(8);
  });

  it("reaches IPv6 addresses", async () => {
    const server = createServer().listen(0, "::1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    await dialTo(`tcp://[::1]:${address.port}`, new RecordingSink());
  });

  it.each([
    [
      "nothing listens",
      async () => `tcp://127.0.0.1:${await freePort()}`,
      "unreachable",
      /nothing listens there \(ECONNREFUSED\)/,
    ],
    [
      "the host is unknown",
      async () => "tcp://no-such-host.invalid:1",
      "unreachable",
      /no-such-host\.invalid:1: the (host name|name service)/,
    ],
    ["the URL names no port", async () => "tcp://127.0.0.1", "not_found", /no port, and tcp:\/\/ has none of its own/],
    ["nor with TLS", async () => "tcps://127.0.0.1", "not_found", /no port, and tcps:\/\/ has none of its own/],
  ])("fails when %s", async (_name, url, reason, says) => {
    const error = await dialErrorOf(await url());
    expect(error).toMatchObject({ reason, permanent: reason === "not_found" });
    expect(error.message).toMatch(says);
    expect(error.hint).toContain("gateway.url");
  });

  it("fails at once when its signal was aborted before", async () => {
    const error = await dialErrorOf("tcp://127.0.0.1:1", { signal: AbortSignal.abort() });
    expect(error).toMatchObject({ reason: "timeout" });
  });
});

describe("a dial with TLS", () => {
  it.each(["tcps", "tcp+tls"])("carries frames both ways: %s", async (scheme) => {
    const server = await tlsGateway();
    const sink = new RecordingSink();
    const channel = await dialTo(`${scheme}://localhost:${server.port}`, sink, { tls: { ca } });
    const peer = await server.peer();
    expect(channel.info).toEqual({ protocol: "tcps, TLSv1.3, guide" });
    for (let count = 0; count < 20; count++) channel.send(Buffer.from("{}"), FACTS);
    const received = await peer.until(160);
    expect(received.toString("hex")).toBe("4d43000000027b7d".repeat(20));
    expect(peer.reads).toHaveLength(1);
    peer.socket.write(received);
    await sink.until("message", 20);
    peer.socket.end();
    expect((await sink.until("closed")).end).toEqual({ code: undefined, reason: "" });
  });

  it("ends as a plain one does: by a reset, by us, by cutting it", async () => {
    const server = await tlsGateway();
    const open = async () => {
      const sink = new RecordingSink();
      const channel = await dialTo(`tcps://localhost:${server.port}`, sink, { tls: { ca } });
      const peer = await server.peer();
      peer.socket.write(Buffer.from("4d43000000027b7d", "hex"));
      await sink.until("message");
      return { channel, sink, peer };
    };
    const reset = await open();
    reset.channel.send(Buffer.alloc(8 * 1024 * 1024), FACTS);
    reset.peer.socket.pause().destroy();
    expect((await reset.sink.until("closed")).end).toMatchObject({
      reason: expect.stringMatching(/^connection lost: (ECONNRESET|EPIPE)$/),
      error: { reason: "unreachable", permanent: false },
    });
    const closed = await open();
    closed.channel.close("bye");
    expect((await closed.peer.untilEnd()).toString("hex")).toBe("4d430500000003627965");
    expect((await closed.sink.until("closed")).end).toEqual({ code: undefined, reason: "closed by us" });
    const cut = await open();
    cut.channel.terminate();
    await cut.peer.untilEnd();
    expect((await cut.sink.until("closed")).end).toEqual({ code: undefined, reason: "terminated" });
  });

  it("checks the address when the URL has no name", async () => {
    const server = await tlsGateway();
    const channel = await dialTo(`tcps://127.0.0.1:${server.port}`, new RecordingSink(), { tls: { ca } });
    expect(channel.info.protocol).toContain("TLS");
  });

  it("asks for the configured server name, and checks it instead of the host", async () => {
    const asked: string[] = [];
    const server = await tlsGateway("wrong-host", {
      SNICallback: (name: string, done: (error: null) => void) => {
        asked.push(name);
        done(null);
      },
    });
    const tls = { ca, serverName: "gateway.invalid" };
    await dialTo(`tcps://localhost:${server.port}`, new RecordingSink(), { tls });
    expect(asked).toEqual(["gateway.invalid"]);
  });

  it("shows the client certificate of the credential in place of the endpoint's", async () => {
    const server = await tlsGateway("server", { ca, requestCert: true, rejectUnauthorized: true });
    const client = pem("client");
    const stranger = { ca, cert: pem("self-signed"), key: pem("self-signed") };
    const credential = credentialOf({ tls: { cert: client, key: client } });
    const sink = new RecordingSink();
    await dialTo(`tcps://localhost:${server.port}`, sink, { tls: stranger, credential });
    const peer = await server.peer();
    peer.socket.write(Buffer.from("4d43000000027b7d", "hex"));
    await sink.until("message");
  });

  it("ends at once when something on the way breaks into it in plain text", async () => {
    const server = await tlsGateway();
    const ways: Socket[] = [];
    const port = await serverOf((socket) => {
      const onward = connect(server.port, "127.0.0.1").on("error", () => {});
      socket.pipe(onward).pipe(socket);
      ways.push(socket);
    });
    const sink = new RecordingSink();
    const channel = await dialTo(`tcps://localhost:${port}`, sink, { tls: { ca } });
    channel.send(Buffer.from("{}"), FACTS);
    await (await server.peer()).until(8);
    ways[0]?.write("HTTP/1.1 408 Request Timeout\r\n\r\n");
    const { end } = await sink.until("closed");
    // Versions of OpenSSL have different names for it.
    expect(end.reason).toMatch(/ERR_SSL_(WRONG_VERSION_NUMBER|BAD_RECORD_TYPE)/);
    expect(end.error).toMatchObject({ reason: "unreachable", permanent: false });
  });

  it("warns once when certificates are not verified", async () => {
    const server = await tlsGateway("self-signed");
    const lines: string[] = [];
    const transport = transportOf("tcps", { lines });
    const endpoint = endpointTo(`tcps://localhost:${server.port}`, { tls: { verify: false } });
    for (let count = 0; count < 2; count++) {
      (await transport.open(endpoint, credentialOf(), new RecordingSink(), never)).terminate();
    }
    expect(lines).toEqual([expect.stringContaining("gateway.tls.verify is false")]);
  });

  it.each([
    ["expired", {}, "localhost", /has expired \(CERT_HAS_EXPIRED/, /clock/],
    ["not-yet-valid", {}, "localhost", /not valid yet/, /clock/],
    ["wrong-host", {}, "localhost", /another host name/, /server_name/],
    ["self-signed", {}, "localhost", /signed by itself/, /ca_cert_path/],
    ["server", { ca: [pem("other-ca")] }, "localhost", /not trusted here .*MCP Router test CA/, /ca_cert_path/],
    ["server", { cert: "nonsense", key: "nonsense" }, "localhost", /material cannot be used/, /PEM/],
    ["server", { cipherSuites: ["NO_SUCH_CIPHER"] }, "localhost", /no cipher suite/, /OpenSSL's names/],
  ])("fails for good: %s %#", async (name, tls, host, says, hint) => {
    const server = await tlsGateway(name);
    const error = await dialErrorOf(`tcps://${host}:${server.port}`, { tls: { ca, ...tls } });
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).toMatch(says);
    expect(error.message).toContain(`localhost:${server.port}`);
    expect(error.hint).toMatch(hint);
  });

  it("fails for good when no TLS version is common", async () => {
    const server = await tlsGateway("server", { maxVersion: "TLSv1.2" });
    const error = await dialErrorOf(`tcps://localhost:${server.port}`, { tls: { ca, minVersion: "TLSv1.3" } });
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.hint).toContain("min_version");
  });

  it("ends for good when the gateway refuses the client certificate behind the handshake", async () => {
    const server = await tlsGateway("server", { ca, requestCert: true, rejectUnauthorized: true });
    const sink = new RecordingSink();
    await dialTo(`tcps://localhost:${server.port}`, sink, { tls: { ca } });
    const { end } = await sink.until("closed");
    expect(end.error).toMatchObject({ reason: "tls", permanent: true });
    expect(end.error?.hint).toContain("gateway.tls.client_cert");
  });

  it.each([
    ["nonsense", (port: (bytes: string) => Promise<number>) => port("220 mail.example ESMTP\r\n")],
    ["frames", (port: (bytes: string) => Promise<number>) => port("MC\0\0\0\u0002{}")],
  ])("fails for good on a port that answers with %s", async (_name, listen) => {
    const port = await listen((bytes) => serverOf((socket) => socket.once("data", () => socket.write(bytes))));
    const error = await dialErrorOf(`tcps://127.0.0.1:${port}`);
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error.message).toContain("does not speak TLS");
    expect(error.hint).toContain("tcp:// instead of tcps://");
  });

  it.each(["end", "resetAndDestroy"] as const)("fails on a port that hangs up: %s", async (how) => {
    const port = await serverOf((socket) => socket.once("data", () => socket[how]()));
    const error = await dialErrorOf(`tcps://127.0.0.1:${port}`);
    expect(error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(error.message).toContain("during the TLS handshake");
    expect(error.hint).toContain("tcp://");
  });

  it("fails by its signal on a port that says nothing", async () => {
    const port = await serverOf(() => {});
    const error = await dialErrorOf(`tcps://127.0.0.1:${port}`, { signal: AbortSignal.timeout(50) });
    expect(error).toMatchObject({ reason: "timeout", permanent: false });
    expect(error.message).toContain("the TLS handshake was not answered");
    expect(error.hint).toContain("tcp://");
  });
});

describe("health", () => {
  it("needs a URL", async () => {
    await expect(transportOf("tcp").health?.(endpointTo("tcp://127.0.0.1:1"), undefined, never)).rejects.toMatchObject({
      reason: "not_found",
      hint: expect.stringContaining("gateway.health.url"),
    });
  });

  it("is asked of that URL", async () => {
    const server = createServer((_request, answer) => answer.end('{"status":"ok","version":2}')).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    const url = new URL(`http://127.0.0.1:${address.port}/healthz`);
    expect(await transportOf("tcp").health?.(endpointTo("tcp://127.0.0.1:1"), url, never)).toEqual({
      url: url.href,
      status: 200,
      says: "ok",
      version: "2",
    });
  });
});
