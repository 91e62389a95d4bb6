import { once } from "node:events";
import { createServer as createTlsServer } from "node:tls";
import { type DialTrace, DialError, type TlsOptions } from "@mcp-router/core/plugin";
import { describe, expect, it, onTestFinished } from "vitest";
import { DialProgress, isTlsSocket } from "./dial-progress.ts";
import { connectProxy, decisionFor } from "./fixtures/connect-proxy.ts";
import { credentialOf, endpointTo } from "./fixtures/endpoint.ts";
import { pem } from "./fixtures/pem.ts";
import { PARROT } from "./fixtures/protocol.ts";
import { freePort, listen, tcpServer } from "./fixtures/servers.ts";
import { openSocket } from "./open-socket.ts";

const never = new AbortController().signal;
const ca = [pem("ca")];
const server = { key: pem("server"), cert: pem("server") };
const LOGIN = "canary-user:canary-password";

interface Through {
  readonly proxy: string;
  readonly login?: string | undefined;
  readonly tls?: Partial<TlsOptions>;
  readonly signal?: AbortSignal;
  readonly trace?: DialTrace;
}

async function open(url: string, { proxy, login, tls = {}, signal = never, trace }: Through) {
  const endpoint = endpointTo(url, tls);
  const secure = url.startsWith("parrots:");
  const progress = new DialProgress({ url: endpoint.url, secure, timeoutMs: 5000, protocol: PARROT });
  const decision = decisionFor(proxy, login);
  const socket = await openSocket(endpoint, credentialOf(), signal, progress, { decision, trace });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return { socket, progress };
}

/** The error of a dial that must fail. Nothing in it may show the login of the proxy. */
async function errorOf(url: string, through: Through): Promise<DialError> {
  const outcome = await open(url, through).catch((error: unknown) => error);
  if (!DialError.is(outcome)) throw new Error("it opened");
  const { message, hint, stack, cause } = outcome;
  const shown = `${message} ${hint} ${stack} ${String(cause)} ${JSON.stringify(cause)}`;
  expect(shown).not.toContain("canary");
  expect(shown).not.toContain(Buffer.from(LOGIN).toString("base64"));
  expect(`${message} ${hint}`).toContain("HTTPS_PROXY");
  return outcome;
}

/** A proxy that answers whatever comes with `answer`; gives its URL. */
async function rawProxy(answer: string | Buffer): Promise<string> {
  return `http://127.0.0.1:${await tcpServer((socket) => socket.once("data", () => socket.write(answer)))}`;
}

describe("a socket through a proxy", () => {
  it("is asked for by name, so that only the proxy has to know the host", async () => {
    const port = await tcpServer((socket) => socket.write("hello"));
    const proxy = await connectProxy();
    const { socket, progress } = await open(`parrot://gateway.invalid:${port}`, {
      proxy: `http://127.0.0.1:${proxy.port}`,
    });
    expect(proxy.asked).toEqual([`gateway.invalid:${port}`]);
    expect(proxy.headers[0]).toEqual({ host: `gateway.invalid:${port}` });
    expect(progress.stage).toBe("answer");
    expect(progress.target).toBe(`gateway.invalid:${port} through the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY)`);
    const [bytes] = await once(socket, "data");
    expect(String(bytes)).toBe("hello");
  });

  it("has brackets around an IPv6 address", async () => {
    const port = await tcpServer(() => {});
    const proxy = await connectProxy();
    await open(`parrot://[::1]:${port}`, { proxy: `http://127.0.0.1:${proxy.port}` });
    expect(proxy.asked).toEqual([`[::1]:${port}`]);
    expect(proxy.headers[0]?.["host"]).toBe(`[::1]:${port}`);
  });

  it.each([
    ["http", undefined],
    ["https", server],
  ])("has TLS with the gateway, whatever the proxy speaks: %s", async (scheme, tls) => {
    const port = await listen(createTlsServer(server, (socket) => socket.on("error", () => {}).write("hi")));
    const closed: Promise<unknown>[] = [];
    const proxy = await connectProxy({
      login: LOGIN,
      seen: (near) => void closed.push(once(near, "close")),
      ...(tls === undefined ? {} : { tls }),
    });
    const { socket } = await open(`parrots://localhost:${port}`, {
      proxy: `${scheme}://localhost:${proxy.port}`,
      login: LOGIN,
      tls: { ca },
    });
    expect(isTlsSocket(socket) && socket.authorized).toBe(true);
    const [bytes] = await once(socket, "data");
    expect(String(bytes)).toBe("hi");
    expect(proxy.headers[0]).toHaveProperty("proxy-authorization");
    socket.destroy();
    await Promise.all(closed);
    expect(closed).toHaveLength(1);
  });

  it("shows the client certificate, the server name and the pins of the gateway to no proxy", async () => {
    const port = await tcpServer((socket) => socket.write("hi"));
    let shown: unknown = "nobody came";
    const proxy = await connectProxy({
      tls: { ...server, ca, requestCert: true, rejectUnauthorized: false },
      seen: (socket) => {
        if (isTlsSocket(socket)) shown = socket.getPeerCertificate().subject;
      },
    });
    const client = { cert: pem("client"), key: pem("client"), serverName: "gateway.invalid", pins: ["sha256/none"] };
    await open(`parrot://localhost:${port}`, { proxy: `https://localhost:${proxy.port}`, tls: { ca, ...client } });
    expect(shown).toBeUndefined();
  });

  it.each([
    ["in one packet with the answer", ["HTTP/1.1 200 OK\r\nVia: x\r\n\r\nfirst"]],
    ["in pieces", ["H", "TTP/1.0 200", "\r\n\r", "\n", "first"]],
    ["behind an interim answer", ["HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 299 \r\n\r\nfirst"]],
  ])("has lost nothing of what the gateway said first: %s", async (_name, parts) => {
    const port = await tcpServer((socket) => {
      socket.setNoDelay(true).once("data", () => {
        for (const part of parts) socket.write(part);
      });
    });
    const { socket } = await open("parrot://gateway.invalid:1", { proxy: `http://127.0.0.1:${port}` });
    let text = "";
    while (text.length < 5) text += String((await once(socket, "data"))[0]);
    expect(text).toBe("first");
  });

  it("is given up when the proxy sends one interim answer after the other", async () => {
    const proxy = await rawProxy("HTTP/1.1 103 Early\r\n\r\n".repeat(40_000));
    const error = await errorOf("parrot://gateway.invalid:1", { proxy });
    expect(error.message).toContain("interim answers");
  });

  it("ends with the proxy", async () => {
    const port = await tcpServer((socket) => socket.write("hello"));
    const proxy = await connectProxy();
    const { socket } = await open(`parrot://gateway.invalid:${port}`, { proxy: `http://127.0.0.1:${proxy.port}` });
    await once(socket, "data");
    proxy.cut();
    await once(socket, "close");
  });

  it("tells a trace about the proxy when the tunnel is open", async () => {
    const port = await listen(createTlsServer(server, (socket) => socket.on("error", () => {})));
    const proxy = await connectProxy();
    const steps: unknown[] = [];
    const trace: DialTrace = { done: (step, facts) => void steps.push({ step, ...facts }) };
    await open(`parrots://localhost:${port}`, { proxy: `http://localhost:${proxy.port}`, tls: { ca }, trace });
    expect(steps).toMatchObject([
      { step: "dns", host: "localhost" },
      { step: "tcp", address: "127.0.0.1", port: proxy.port },
      { step: "proxy", proxy: `http://localhost:${proxy.port}`, rule: "HTTPS_PROXY", status: 200 },
      { step: "tls", protocol: "TLSv1.3", authorized: true },
    ]);
  });
});

describe("a proxy that refuses", () => {
  it.each([
    [407, undefined, true, /asks for a user and password/, /Write them into HTTPS_PROXY: http:\/\/USER:PASSWORD@/],
    [407, LOGIN, true, /did not accept the user and password/, /Check user and password in HTTPS_PROXY/],
    [401, undefined, true, /does not allow connections to gateway\.invalid:1 /, /NO_PROXY/],
    [403, undefined, true, /does not allow connections to gateway\.invalid:1 /, /NO_PROXY/],
    [404, undefined, true, /did not open a tunnel/, /not a web server/],
    [302, undefined, true, /did not open a tunnel/, /not a web server/],
    [400, undefined, true, /did not open a tunnel/, /not a web server/],
    [429, undefined, false, /come back later/, /HTTPS_PROXY/],
    [500, undefined, false, /could not connect to gateway\.invalid:1 /, /gateway\.proxy: direct/],
    [502, undefined, false, /could not connect to gateway\.invalid:1 /, /gateway\.proxy: direct/],
    [503, undefined, false, /could not connect to gateway\.invalid:1 /, /gateway\.proxy: direct/],
    [504, undefined, false, /could not connect to gateway\.invalid:1 /, /gateway\.proxy: direct/],
  ])("says so with status %i (login: %s)", async (status, login, permanent, says, hint) => {
    const proxy = await rawProxy(`HTTP/1.1 ${status} So \u001b[2J it is\r\nContent-Length: 0\r\n\r\n`);
    const error = await errorOf("parrots://gateway.invalid:1", { proxy, login });
    expect(error).toMatchObject({ reason: "proxy", permanent, status });
    expect(error.message).toMatch(/^The proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\) /);
    expect(error.message).toMatch(says);
    expect(error.message).toContain(`(HTTP ${status}: So \\u001b[2J it is).`);
    expect(error.hint).toMatch(hint);
  });

  it("says what it offers when that is nothing we speak", async () => {
    const proxy = await rawProxy(
      "HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM TlRMTVNT\r\n\r\n",
    );
    const error = await errorOf("parrots://gateway.invalid:1", { proxy, login: LOGIN });
    expect(error.message).toContain("it offers Negotiate, NTLM");
    expect(error.hint).toContain("only Basic");
  });

  it("is left at once, and the connection to it closed", async () => {
    let gone = (): void => {};
    const closed = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const port = await tcpServer((socket) => {
      socket.once("close", gone);
      socket.once("data", () => socket.write("HTTP/1.1 403 Forbidden\r\n\r\n"));
    });
    await errorOf("parrot://gateway.invalid:1", { proxy: `http://127.0.0.1:${port}` });
    await closed;
  });
});

describe("a proxy that is none", () => {
  it.each([
    ["greets like SSH", "SSH-2.0-OpenSSH_9.7\r\n", "“SSH-2.0-OpenSSH_9.7\\u000d\\u000a”"],
    ["answers nonsense", "HTTP/1.1 okay\r\n\r\n", "“HTTP/1.1 okay”"],
    ["speaks TLS", Buffer.from([0x15, 3, 1, 0, 2, 2, 70]), "“\\u0015"],
    [
      "has no end of headers",
      `HTTP/1.1 200 OK\r\n${`X-A: ${"x".repeat(1000)}\r\n`.repeat(20)}`,
      "more than 16384 bytes",
    ],
    ["has headers that end too late", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(17_000)}\r\n\r\n`, "more than 16384 bytes"],
  ])("is a permanent mismatch: it %s", async (_name, answer, says) => {
    const error = await errorOf("parrots://gateway.invalid:1", { proxy: await rawProxy(answer), login: LOGIN });
    expect(error).toMatchObject({ reason: "proxy", permanent: true });
    expect(error.message).toMatch(/^Protocol mismatch at the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\): /);
    expect(error.message).toContain(says);
    expect(error.hint).toContain("HTTPS_PROXY names an HTTP proxy");
  });

  it("or hangs up, may come to itself", async () => {
    const port = await tcpServer((socket) => socket.once("data", () => socket.end()));
    const error = await errorOf("parrots://gateway.invalid:1", { proxy: `http://127.0.0.1:${port}` });
    expect(error).toMatchObject({ reason: "proxy", permanent: false });
    expect(error.message).toMatch(/^The proxy .* closed the connection without answering CONNECT gateway\.invalid:1/);
  });
});

describe("a proxy that cannot be reached", () => {
  it("is named when nothing listens there", async () => {
    const port = await freePort();
    const error = await errorOf("parrots://gateway.invalid:1", { proxy: `http://127.0.0.1:${port}`, login: LOGIN });
    expect(error).toMatchObject({ reason: "proxy", permanent: false });
    expect(error.message).toBe(
      `Cannot reach the proxy 127.0.0.1:${port} (HTTPS_PROXY): nothing listens there (ECONNREFUSED).`,
    );
    expect(error.hint).toContain("Check host and port of HTTPS_PROXY");
  });

  it("is named when its host is unknown", async () => {
    const error = await errorOf("parrots://127.0.0.1:1", { proxy: "http://no-such-proxy.invalid:3128" });
    expect(error).toMatchObject({ reason: "proxy", permanent: false });
    expect(error.message).toMatch(/^Cannot reach the proxy no-such-proxy\.invalid:3128 \(HTTPS_PROXY\): .*name/);
  });

  it("is named when its certificate is not trusted, whatever is said about the gateway's", async () => {
    const proxy = await connectProxy({ tls: server });
    const error = await errorOf("parrots://localhost:1", {
      proxy: `https://localhost:${proxy.port}`,
      tls: { verify: false },
    });
    expect(error).toMatchObject({ reason: "proxy", permanent: true });
    expect(error.message).toMatch(/^The certificate of the proxy localhost:\d+ \(HTTPS_PROXY\) is signed by/);
    expect(error.hint).toContain("gateway.tls.ca_cert_path");
  });

  it("is named when it does not speak TLS", async () => {
    const proxy = await connectProxy();
    const error = await errorOf("parrots://localhost:1", { proxy: `https://localhost:${proxy.port}` });
    expect(error).toMatchObject({ reason: "proxy", permanent: true });
    expect(error.hint).toBe("Use http:// instead of https:// in HTTPS_PROXY, or the proxy's TLS port.");
  });
});

describe("a proxy that is silent", () => {
  it.each([
    ["http", "connected, but CONNECT gateway.invalid:1 was not answered"],
    ["https", "the TLS handshake was not answered"],
  ])("is named when the time is over: %s", async (scheme, missing) => {
    const port = await tcpServer(() => {});
    const error = await errorOf("parrots://gateway.invalid:1", {
      proxy: `${scheme}://127.0.0.1:${port}`,
      signal: AbortSignal.timeout(40),
    });
    expect(error).toMatchObject({ reason: "timeout", permanent: false });
    expect(error.message).toBe(`The proxy 127.0.0.1:${port} (HTTPS_PROXY) did not answer within 5000 ms: ${missing}.`);
  });

  it("leaves the gateway to blame once the tunnel is open", async () => {
    const port = await tcpServer(() => {});
    const proxy = await connectProxy();
    const error = await errorOf(`parrots://gateway.invalid:${port}`, {
      proxy: `http://127.0.0.1:${proxy.port}`,
      signal: AbortSignal.timeout(60),
    });
    expect(error.message).toBe(
      `gateway.invalid:${port} through the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) did not answer within 5000 ms: the TLS handshake was not answered.`,
    );
  });

  it("is left when the dial is called off, with the reason of that", async () => {
    const controller = new AbortController();
    const reason = new DialError("refused", "HTTPS_PROXY is not wanted any more");
    let gone = (): void => {};
    const cut = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const port = await tcpServer((socket) => {
      socket.once("close", gone);
      socket.once("data", () => controller.abort(reason));
    });
    const proxy = `http://127.0.0.1:${port}`;
    expect(await errorOf("parrot://gateway.invalid:1", { proxy, signal: controller.signal })).toBe(reason);
    await cut;
  });
});
