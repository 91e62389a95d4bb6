import { createHash, createPublicKey, X509Certificate } from "node:crypto";
import { connect } from "node:net";
import { createServer } from "node:tls";
import { DialError, type DialTrace, type TlsOptions } from "@mcp-router/core/plugin";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { DialProgress } from "./dial-progress.ts";
import { expiryWarning } from "./expiry-warning.ts";
import { credentialOf, endpointTo } from "./fixtures/endpoint.ts";
import { pem } from "./fixtures/pem.ts";
import { PARROT } from "./fixtures/protocol.ts";
import { listen, tcpServer } from "./fixtures/servers.ts";
import { openSocket } from "./open-socket.ts";

const ca = [pem("ca")];

function pinOf(name: string): string {
  const key = createPublicKey(pem(name)).export({ type: "spki", format: "der" });
  return `sha256/${createHash("sha256").update(key).digest("base64")}`;
}

function certificateOf(name: string): string {
  return new X509Certificate(pem(name)).toString();
}

/** @param cert What the server sends; by default its certificate alone. */
async function open(tls: Partial<TlsOptions>, name = "server", cert = pem(name), trace?: DialTrace) {
  const server = createServer({ key: pem(name), cert }, (socket) => socket.on("error", () => {}));
  server.on("tlsClientError", () => {});
  const endpoint = endpointTo(`parrots://localhost:${await listen(server)}`, tls);
  const progress = new DialProgress({ url: endpoint.url, secure: true, timeoutMs: 5000, protocol: PARROT });
  const signal = new AbortController().signal;
  const socket = await openSocket(endpoint, credentialOf(), signal, progress, { trace });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return { socket, progress };
}

async function errorOf(...parameters: Parameters<typeof open>): Promise<DialError> {
  const outcome = await open(...parameters).catch((error: unknown) => error);
  if (DialError.is(outcome)) return outcome;
  throw new Error("it opened");
}

describe("pinned keys", () => {
  it("are computed as others compute them", () => {
    // openssl x509 -pubkey -noout < server.pem | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64
    expect(pinOf("server")).toBe("sha256/24TICX0Hl3xa8kdVVwEYPIm3JP1hJJdfN860U9pdsB8=");
  });

  it.each([
    ["of the gateway itself", pem("server"), { pins: [pinOf("other-ca"), pinOf("server")] }],
    ["of the authority that the gateway sends", pem("server") + pem("ca"), { pins: [pinOf("ca")] }],
    ["of the authority that only we have", pem("server"), { pins: [pinOf("ca")] }],
    ["of the gateway itself, though nothing is verified", pem("server"), { pins: [pinOf("server")], verify: false }],
  ])("let a gateway in whose chain has one: that %s", async (_name, cert, tls) => {
    await open({ ca, ...tls }, "server", cert);
  });

  it.each([
    ["verified", { ca }],
    ["not verified", { verify: false }],
  ])("keep out a gateway that has none of them, and show what it has: %s", async (_name, tls) => {
    const error = await errorOf({ ...tls, pins: [pinOf("other-ca")] }, "server", pem("server") + pem("ca"));
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).toMatch(/^None of the keys of localhost:\d+ is pinned; it showed /);
    expect(error.message).toContain(`${pinOf("server")} (`);
    expect(error.message).toContain(`${pinOf("ca")} (`);
    expect(error.message).not.toContain(pinOf("other-ca"));
    expect(error.hint).toContain("gateway.tls.pins");
  });

  it("that are missing leave no connection behind", async () => {
    const behind = await listen(
      createServer({ key: pem("server"), cert: pem("server") }).on("tlsClientError", () => {}),
    );
    let gone = (): void => {};
    const cut = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const port = await tcpServer((socket) => {
      const onward = connect(behind, "127.0.0.1").on("error", () => {});
      socket.once("close", gone).pipe(onward).pipe(socket);
    });
    const endpoint = endpointTo(`parrots://localhost:${port}`, { ca, pins: ["sha256/none"] });
    const progress = new DialProgress({ url: endpoint.url, secure: true, timeoutMs: 5000, protocol: PARROT });
    const opening = openSocket(endpoint, credentialOf(), new AbortController().signal, progress);
    await expect(opening).rejects.toMatchObject({ reason: "tls" });
    await cut;
  });

  it("do not spare a certificate from being verified", async () => {
    const error = await errorOf({ ca: [pem("other-ca")], pins: [pinOf("server")] });
    expect(error.message).toContain("is signed by an authority that is not trusted here");
  });

  it.each([
    ["by name", "impostor", "ca"],
    ["at all", "server", "client"],
  ])("are not found in what a gateway sends along whose key did not sign: %s", async (_name, name, other) => {
    // The certificate of an authority is no secret: anybody can send it.
    const cert = certificateOf(name) + certificateOf(other);
    const error = await errorOf({ verify: false, pins: [pinOf(other)] }, name, cert);
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).not.toContain(pinOf(other));
  });

  it("of no number keep everybody out", async () => {
    expect(await errorOf({ ca, pins: [] })).toMatchObject({ reason: "tls", permanent: true });
  });
});

describe("the trace of a handshake", () => {
  async function traceOf(...[tls, name, cert]: Parameters<typeof open>) {
    const steps = new Map<string, unknown>();
    await open(tls, name, cert, { done: (step, facts) => void steps.set(step, facts) });
    return steps.get("tls");
  }

  it("has what people look for", async () => {
    expect(await traceOf({ ca, pins: [pinOf("ca")] })).toEqual({
      protocol: "TLSv1.3",
      cipher: expect.stringContaining("TLS_"),
      subject: expect.stringContaining("CN="),
      issuer: "CN=MCP Router test CA",
      validTo: expect.stringMatching(/^2099-12-\d\dT/),
      daysLeft: expect.any(Number),
      pin: pinOf("server"),
      authorized: true,
      pinned: true,
      ms: expect.any(Number),
    });
  });

  it("says when the certificate was taken as it is", async () => {
    const facts = await traceOf({ verify: false }, "expired");
    expect(facts).toMatchObject({
      authorized: false,
      problem: "CERT_HAS_EXPIRED",
      validTo: expect.stringMatching(/^2021-01-01T/),
    });
    expect(facts).not.toHaveProperty("pinned");
  });
});

describe("a certificate that ends soon", () => {
  function warningAt(date: string, validTo?: string): string | undefined {
    vi.spyOn(Date, "now").mockReturnValue(Date.parse(date));
    onTestFinished(() => void vi.restoreAllMocks());
    return expiryWarning({ validTo, target: "gateway:443" });
  }

  it("is known from the handshake", async () => {
    const { progress } = await open({ ca });
    expect(progress.validTo).toMatch(/2099 GMT$/);
    expect(expiryWarning(progress)).toBeUndefined();
  });

  it.each([
    ["2099-12-15T00:00:00Z", undefined],
    ["2099-12-18T00:00:00Z", "the certificate of gateway:443 expires in 13 days (2099-12-31): renew it on the gateway"],
    ["2099-12-30T00:00:00Z", "the certificate of gateway:443 expires in 1 day (2099-12-31): renew it on the gateway"],
    ["2099-12-31T20:00:00Z", "the certificate of gateway:443 expires today (2099-12-31): renew it on the gateway"],
    ["2100-01-02T00:00:00Z", "the certificate of gateway:443 has expired (2099-12-31): renew it on the gateway"],
  ])("is told at %s: %s", (date, warning) => {
    expect(warningAt(date, "Dec 31 23:59:59 2099 GMT")).toBe(warning);
  });

  it("is none where there is no date", () => {
    expect(warningAt("2099-12-30T00:00:00Z")).toBeUndefined();
    expect(warningAt("2099-12-30T00:00:00Z", "some day")).toBeUndefined();
  });
});
