import { describe, expect, it } from "vitest";
import { dialErrorOf } from "./fixtures/dial-error-of.ts";
import { endpointTo } from "./fixtures/endpoint.ts";
import { pem } from "./fixtures/pem.ts";
import { answering, freePort, gateway, tcpServer, tlsServer } from "./fixtures/servers.ts";

describe("a gateway that cannot be reached", () => {
  it("is temporary when nothing listens", async () => {
    const port = await freePort();
    const error = await dialErrorOf(endpointTo(`ws://127.0.0.1:${port}`));
    expect(error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(error.message).toBe(`Cannot reach 127.0.0.1:${port}: nothing listens there (ECONNREFUSED).`);
    expect(error.hint).toContain("gateway.url");
  });

  it("is temporary when none of the addresses of its name answers", async () => {
    const port = await freePort();
    const error = await dialErrorOf(endpointTo(`ws://localhost:${port}`));
    expect(error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(error.message).toContain(`localhost:${port}`);
  });

  it("is temporary when its name is unknown", async () => {
    const error = await dialErrorOf(endpointTo("wss://no-such-host.invalid/mcp"));
    expect(error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(error.message).toContain("no-such-host.invalid:443");
  });

  it("is temporary when it hangs up on the upgrade, and the hint thinks of other protocols", async () => {
    const port = await tcpServer((socket) => socket.once("data", () => socket.destroy()));
    const error = await dialErrorOf(endpointTo(`ws://127.0.0.1:${port}`));
    expect(error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(error.message).toContain("without answering the upgrade");
    expect(error.hint).toMatch(/wss:\/\/.*tcp:\/\//);
  });

  it("is temporary when it hangs up during the TLS handshake", async () => {
    const port = await tcpServer((socket) => socket.once("data", () => socket.destroy()));
    const error = await dialErrorOf(endpointTo(`wss://127.0.0.1:${port}`));
    expect(error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(error.message).toContain("during the TLS handshake");
  });
});

describe("a dial that gets no answer", () => {
  it("says that the upgrade was not answered", async () => {
    const port = await tcpServer(() => {});
    const error = await dialErrorOf(endpointTo(`ws://127.0.0.1:${port}`, { connection: { timeoutMs: 50 } }));
    expect(error).toMatchObject({ reason: "timeout", permanent: false });
    expect(error.message).toContain("within 50 ms");
    expect(error.message).toContain("upgrade");
  });

  it("says that the TLS handshake was not answered", async () => {
    const port = await tcpServer(() => {});
    const error = await dialErrorOf(endpointTo(`wss://127.0.0.1:${port}`, { connection: { timeoutMs: 50 } }));
    expect(error).toMatchObject({ reason: "timeout", permanent: false });
    expect(error.message).toContain("TLS");
  });

  it("ends by its signal, and cuts the connection", async () => {
    const controller = new AbortController();
    const cut = new Promise<void>((resolve) => {
      void tcpServer((socket) => {
        socket.once("close", () => resolve());
        socket.once("data", () => controller.abort());
      }).then(async (port) => {
        const error = await dialErrorOf(endpointTo(`ws://127.0.0.1:${port}`), undefined, controller.signal);
        expect(error).toMatchObject({ reason: "timeout", permanent: false });
        expect(error.message).toContain("called off");
      });
    });
    await cut;
  });

  it("gives what the signal was aborted with when that is a dial error or a timeout", async () => {
    const port = await tcpServer(() => {});
    const endpoint = endpointTo(`ws://127.0.0.1:${port}`);
    const timedOut = await dialErrorOf(endpoint, undefined, AbortSignal.timeout(20));
    expect(timedOut.message).toContain("did not answer");
    expect(await dialErrorOf(endpoint, undefined, AbortSignal.abort(timedOut))).toBe(timedOut);
  });
});

describe("a port that speaks another protocol", () => {
  it.each([
    ["SSH", Buffer.from("SSH-2.0-OpenSSH_9.7\r\n"), "SSH-2.0"],
    ["a TLS alert", Buffer.from([0x15, 0x03, 0x01, 0, 2, 2, 70]), "wss://"],
    ["binary MCP", Buffer.from([0x4d, 0x43, 0, 0, 0, 1, 0x7b]), "tcp://"],
    ["escapes", Buffer.from("\u001b[2Jhello\r\n"), "\\u001b[2Jhello"],
  ])("is a permanent mismatch: %s", async (_name, answer, said) => {
    const port = await answering(answer);
    const error = await dialErrorOf(endpointTo(`ws://127.0.0.1:${port}`));
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error.message).toContain(`Protocol mismatch at 127.0.0.1:${port}`);
    expect(`${error.message} ${error.hint}`).toContain(said);
  });

  it.each([
    ["a plain gateway", async () => (await gateway()).port],
    ["a plain text server", () => answering("220 mail.example ESMTP\r\n")],
  ])("is a permanent mismatch behind wss: %s", async (_name, listen) => {
    const error = await dialErrorOf(endpointTo(`wss://127.0.0.1:${await listen()}`));
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error.message).toContain("does not speak TLS");
    expect(error.hint).toContain("ws://");
  });

  it("is a permanent mismatch behind wss when frames come through TLS, and the hint stays with TLS", async () => {
    const server = pem("server");
    const port = await tlsServer({ key: server, cert: server }, Buffer.from([0x4d, 0x43, 0, 0, 0, 1, 0x7b]));
    const error = await dialErrorOf(
      endpointTo(`wss://127.0.0.1:${port}`, { tls: { verify: false, minVersion: "TLSv1.2" } }),
    );
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error.hint).toBe("Use tcps:// instead of wss:// in gateway.url.");
  });

  it("is reported when a TLS port hangs up on plain HTTP", async () => {
    const server = pem("server");
    const port = await tlsServer({ key: server, cert: server });
    const error = await dialErrorOf(endpointTo(`ws://127.0.0.1:${port}`));
    expect(error.reason).toBe("unreachable");
    expect(error.hint).toContain("wss://");
  });
});

describe("an answer of 101 that breaks the protocol", () => {
  const upgrade = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";

  it("is permanent, and named", async () => {
    const port = await answering(`${upgrade}Sec-WebSocket-Accept: no\r\n\r\n`);
    const error = await dialErrorOf(endpointTo(`ws://127.0.0.1:${port}`));
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error.message).toContain("Sec-WebSocket-Accept");
  });

  it("is permanent when the gateway does not speak the configured subprotocol", async () => {
    const { port } = await gateway({ handleProtocols: () => false });
    const error = await dialErrorOf(endpointTo(`ws://127.0.0.1:${port}`, { connection: { subprotocol: "mcp" } }));
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error.hint).toContain("gateway.subprotocol");
  });

  it("is permanent when a subprotocol is configured that cannot be one", async () => {
    const { port } = await gateway();
    const error = await dialErrorOf(endpointTo(`ws://127.0.0.1:${port}`, { connection: { subprotocol: "a b" } }));
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error.hint).toContain("gateway.subprotocol");
  });
});
