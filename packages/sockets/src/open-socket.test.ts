import { once } from "node:events";
import { createServer as createTlsServer } from "node:tls";
import { DialError } from "@mcp-router/core/plugin";
import { describe, expect, it, onTestFinished } from "vitest";
import { DialProgress, isTlsSocket } from "./dial-progress.ts";
import { credentialOf, endpointTo } from "./fixtures/endpoint.ts";
import { pem } from "./fixtures/pem.ts";
import { PARROT } from "./fixtures/protocol.ts";
import { freePort, tcpServer } from "./fixtures/servers.ts";
import { openSocket } from "./open-socket.ts";

const never = new AbortController().signal;

async function open(url: string, tls = {}, signal = never) {
  const endpoint = endpointTo(url, tls);
  const secure = url.startsWith("parrots:");
  const progress = new DialProgress({ url: endpoint.url, secure, timeoutMs: 5000, protocol: PARROT });
  const socket = await openSocket(endpoint, credentialOf(), signal, progress);
  onTestFinished(() => void socket.destroy());
  return { socket, progress };
}

async function errorOf(opening: Promise<unknown>): Promise<DialError> {
  const outcome = await opening.catch((error: unknown) => error);
  if (DialError.is(outcome)) return outcome;
  throw new Error("it opened");
}

async function tlsServer(name = "server"): Promise<number> {
  const server = createTlsServer({ key: pem(name), cert: pem(name) }, (socket) =>
    socket.on("error", () => {}).write("hi"),
  );
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

describe("a socket", () => {
  it("is open, and has lost nothing of what the peer said first", async () => {
    const port = await tcpServer((socket) => socket.write("hello"));
    const { socket, progress } = await open(`parrot://127.0.0.1:${port}`);
    expect(progress.stage).toBe("answer");
    expect(isTlsSocket(socket)).toBe(false);
    expect(socket.writableHighWaterMark).toBe(256 * 1024);
    const [bytes] = await once(socket, "data");
    expect(String(bytes)).toBe("hello");
  });

  it("with TLS is open when the certificate was accepted", async () => {
    const port = await tlsServer();
    const { socket, progress } = await open(`parrots://localhost:${port}`, { ca: [pem("ca")] });
    expect(progress.stage).toBe("answer");
    expect(isTlsSocket(socket) && socket.authorized).toBe(true);
    expect(socket.writableHighWaterMark).toBe(256 * 1024);
    const [bytes] = await once(socket, "data");
    expect(String(bytes)).toBe("hi");
  });

  it("is not opened when the certificate is refused, which leaves no connection behind", async () => {
    let gone = (): void => {};
    const cut = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const behind = await tlsServer("self-signed");
    const { connect } = await import("node:net");
    const port = await tcpServer((socket) => {
      const onward = connect(behind, "127.0.0.1");
      socket
        .pipe(onward)
        .on("error", () => {})
        .pipe(socket);
      socket.once("close", gone);
    });
    const error = await errorOf(open(`parrots://localhost:${port}`));
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    await cut;
  });

  it("is not opened with material that is none, which leaves no connection behind either", async () => {
    const ended = new Promise<void>((resolve) => {
      void tcpServer((socket) => socket.once("close", () => resolve()).resume()).then(async (port) => {
        const error = await errorOf(open(`parrots://127.0.0.1:${port}`, { cert: "nonsense", key: "nonsense" }));
        expect(error).toMatchObject({ reason: "tls", permanent: true });
      });
    });
    await ended;
  });

  it("is not opened where nothing listens", async () => {
    const port = await freePort();
    const error = await errorOf(open(`parrot://127.0.0.1:${port}`));
    expect(error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(error.message).toBe(`Cannot reach 127.0.0.1:${port}: nothing listens there (ECONNREFUSED).`);
    expect(error.hint).toContain("gateway.url");
  });

  it("is not opened by a URL without a port", async () => {
    const error = await errorOf(open("parrot://127.0.0.1"));
    expect(error).toMatchObject({ reason: "not_found", permanent: true });
  });

  it("is cut when the signal aborts in the middle of the handshake", async () => {
    const controller = new AbortController();
    const cut = new Promise<void>((resolve) => {
      void tcpServer((socket) => {
        socket.once("close", () => resolve());
        socket.once("data", () => controller.abort());
      }).then(async (port) => {
        const error = await errorOf(open(`parrots://127.0.0.1:${port}`, {}, controller.signal));
        expect(error).toMatchObject({ reason: "timeout", permanent: false });
        expect(error.message).toContain("called off");
      });
    });
    await cut;
  });

  it("is not opened by a signal that was aborted before, and gives its reason when that is a dial error", async () => {
    const reason = new DialError("refused", "not now");
    expect(await errorOf(open("parrot://127.0.0.1:1", {}, AbortSignal.abort(reason)))).toBe(reason);
  });

  it("says what was missing when its time was over", async () => {
    const port = await tcpServer(() => {});
    const error = await errorOf(open(`parrots://127.0.0.1:${port}`, {}, AbortSignal.timeout(30)));
    expect(error.message).toBe(`127.0.0.1:${port} did not answer within 5000 ms: the TLS handshake was not answered.`);
    expect(error.hint).toBe("If the port does not speak TLS, use parrot:// in gateway.url.");
  });
});
