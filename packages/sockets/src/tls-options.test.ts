import { createServer } from "node:tls";
import { DialError, Secret, type TlsMaterial, type TlsOptions } from "@mcp-router/core/plugin";
import { describe, expect, it, onTestFinished } from "vitest";
import { DialProgress } from "./dial-progress.ts";
import { credentialOf, endpointTo } from "./fixtures/endpoint.ts";
import { pem, pkcs12 } from "./fixtures/pem.ts";
import { PARROT } from "./fixtures/protocol.ts";
import { listen } from "./fixtures/servers.ts";
import { openSocket } from "./open-socket.ts";
import { tlsOfOtherHost, tlsOptions } from "./tls-options.ts";

const rules: TlsOptions = { verify: true, minVersion: "TLSv1.2" };
const right = new Secret("canary-right");

describe("TLS material", () => {
  it("of a credential takes the place of the endpoint's, always as a pair", () => {
    const own = { ...rules, cert: "own cert", key: "own key", ca: ["own ca"] };
    expect(tlsOptions(own)).toMatchObject({ cert: "own cert", key: "own key", ca: ["own ca"] });
    expect(tlsOptions(own, { ca: ["its ca"] })).toMatchObject({ cert: "own cert", key: "own key", ca: ["its ca"] });
    const taken = tlsOptions(own, { cert: "its cert" });
    expect(taken).toMatchObject({ cert: "its cert" });
    expect(taken).not.toHaveProperty("key");
    const bytes = Buffer.from("pkcs");
    const packed = tlsOptions(own, { cert: "its cert", key: "its key", pfx: { bytes, passphrase: right } });
    expect(packed).toMatchObject({ pfx: bytes, passphrase: "canary-right", ca: ["own ca"] });
    expect(packed).not.toHaveProperty("cert");
    expect(packed).not.toHaveProperty("key");
  });

  it("and names that belong to the gateway are not for other hosts", () => {
    const own: TlsOptions = {
      ...rules,
      ca: ["ca"],
      cipherSuites: ["suite"],
      cert: "cert",
      key: "key",
      serverName: "name",
      pins: ["pin"],
    };
    expect(tlsOfOtherHost(own)).toEqual({ ...rules, ca: ["ca"], cipherSuites: ["suite"] });
    expect(tlsOfOtherHost(rules)).toEqual(rules);
  });
});

describe("a client certificate in PKCS#12", () => {
  async function subjectShown(material: TlsMaterial): Promise<unknown> {
    let shown: (subject: unknown) => void = () => {};
    const subject = new Promise((resolve) => {
      shown = resolve;
    });
    const options = { key: pem("server"), cert: pem("server"), ca: [pem("ca")], requestCert: true };
    const server = createServer(options, (socket) => shown(socket.on("error", () => {}).getPeerCertificate().subject));
    server.on("tlsClientError", () => {});
    const endpoint = endpointTo(`parrots://localhost:${await listen(server)}`, { ca: [pem("ca")] });
    const progress = new DialProgress({ url: endpoint.url, secure: true, timeoutMs: 5000, protocol: PARROT });
    const socket = await openSocket(endpoint, credentialOf({ tls: material }), new AbortController().signal, progress);
    socket.on("error", () => {});
    onTestFinished(() => void socket.destroy());
    return await subject;
  }

  async function errorOf(material: TlsMaterial): Promise<DialError> {
    const outcome = await subjectShown(material).catch((error: unknown) => error);
    if (!DialError.is(outcome)) throw new Error("it opened");
    expect(`${outcome.message} ${outcome.hint} ${outcome.stack} ${String(outcome.cause)}`).not.toContain("canary");
    return outcome;
  }

  it("is shown to the gateway", async () => {
    const shown = await subjectShown({ pfx: { bytes: pkcs12("client"), passphrase: right } });
    expect(shown).toEqual(await subjectShown({ cert: pem("client"), key: pem("client") }));
  });

  it.each([
    ["a wrong passphrase", "client", new Secret("canary-wrong"), /passphrase .* is wrong or missing/, /passphrase/],
    ["no passphrase", "client", undefined, /passphrase .* is wrong or missing/, /passphrase/],
    ["an old encryption", "client-legacy", right, /an old way that OpenSSL 3 does not read/, /openssl pkcs12 -legacy/],
  ])("says what is wrong with it: %s", async (_name, file, passphrase, says, hint) => {
    const error = await errorOf({ pfx: { bytes: pkcs12(file), passphrase } });
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).toMatch(says);
    expect(error.hint).toMatch(hint);
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["nonsense", Buffer.from("nonsense")],
    ["PEM", Buffer.from(pem("client"))],
    ["half of one", pkcs12("client").subarray(0, 100)],
  ])("says when it is none: %s", async (_name, bytes) => {
    const error = await errorOf({ pfx: { bytes, passphrase: right } });
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).toMatch(/^The TLS material for localhost:\d+ cannot be used: /);
    expect(error.hint).toContain("PKCS#12");
  });
});
