import { describe, expect, it, vi } from "vitest";
import { dial } from "./dial.ts";
import { dialErrorOf } from "./fixtures/dial-error-of.ts";
import { credentialOf, endpointTo } from "./fixtures/endpoint.ts";
import { pem } from "./fixtures/pem.ts";
import { RecordingSink } from "./fixtures/recording-sink.ts";
import { gateway } from "./fixtures/servers.ts";

const ca = [pem("ca")];

function tlsGateway(name: string, options = {}) {
  return gateway({}, { key: pem(name), cert: pem(name), ...options });
}

describe("a certificate that is not accepted", () => {
  it.each([
    ["expired", "CERT_HAS_EXPIRED", /expired/, /clock/],
    ["not-yet-valid", "CERT_NOT_YET_VALID", /not valid yet/, /clock/],
    ["wrong-host", "ERR_TLS_CERT_ALTNAME_INVALID", /another host name/, /server_name/],
    ["self-signed", "DEPTH_ZERO_SELF_SIGNED_CERT", /signed by itself/, /ca_cert_path/],
  ])("%s is permanent, with a hint", async (name, code, says, hint) => {
    const { port } = await tlsGateway(name);
    const error = await dialErrorOf(endpointTo(`wss://localhost:${port}`, { tls: { ca } }));
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).toContain(`localhost:${port}`);
    expect(error.message).toContain(code);
    expect(error.message).toMatch(says);
    expect(error.hint).toMatch(hint);
  });

  it("names the authority that is not trusted", async () => {
    const { port } = await tlsGateway("server");
    const error = await dialErrorOf(endpointTo(`wss://localhost:${port}`, { tls: { ca: [pem("other-ca")] } }));
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).toContain("MCP Router test CA");
    expect(error.hint).toContain("ca_cert_path");
  });

  it("names the root that is not trusted when the gateway sends its chain", async () => {
    const { port } = await tlsGateway("server", { cert: pem("server") + pem("ca") });
    const error = await dialErrorOf(endpointTo(`wss://localhost:${port}`));
    expect(error.message).toContain("SELF_SIGNED_CERT_IN_CHAIN");
  });

  it("stays refused when NODE_TLS_REJECT_UNAUTHORIZED is 0", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    try {
      const { port } = await tlsGateway("server");
      const error = await dialErrorOf(endpointTo(`wss://localhost:${port}`));
      expect(error).toMatchObject({ reason: "tls", permanent: true });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe("a TLS handshake that fails", () => {
  it("says when the gateway wants a client certificate", async () => {
    const { port } = await tlsGateway("server", {
      ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const error = await dialErrorOf(endpointTo(`wss://localhost:${port}`, { tls: { ca } }));
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).toContain("client certificate");
    expect(error.hint).toContain("gateway.tls.client_cert");
  });

  it("says when no TLS version is common", async () => {
    const { port } = await tlsGateway("server", { maxVersion: "TLSv1.2" });
    const error = await dialErrorOf(endpointTo(`wss://localhost:${port}`, { tls: { ca, minVersion: "TLSv1.3" } }));
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).toContain("TLS version");
    expect(error.hint).toContain("min_version");
  });

  it("refuses a gateway that speaks only TLS 1.1", async () => {
    const { port } = await tlsGateway("server", {
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    const error = await dialErrorOf(endpointTo(`wss://localhost:${port}`, { tls: { ca } }));
    expect(error).toMatchObject({ reason: "tls", permanent: true });
  });

  it.each([
    ["a certificate that is no PEM", { cert: "nonsense", key: "nonsense" }, /PEM/],
    ["a key of another certificate", { cert: pem("server"), key: pem("client") }, /pair/],
    ["unknown cipher names", { cipherSuites: ["NO_SUCH_CIPHER"] }, /OpenSSL's names/],
  ])("says when our own material is %s", async (_name, tls, hint) => {
    const { port } = await tlsGateway("server");
    const error = await dialErrorOf(endpointTo(`wss://localhost:${port}`, { tls: { ca, ...tls } }));
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.hint).toMatch(hint);
  });
});

describe("TLS that works", () => {
  async function openTo(
    port: number,
    parts: Parameters<typeof endpointTo>[1],
    credential = credentialOf(),
    host = "localhost",
  ) {
    const channel = await dial(
      endpointTo(`wss://${host}:${port}`, parts),
      credential,
      new RecordingSink(),
      new AbortController().signal,
    );
    channel.terminate();
    return channel.info;
  }

  it("trusts the configured authority, and tells the version", async () => {
    const { port } = await tlsGateway("server");
    expect((await openTo(port, { tls: { ca } })).protocol).toBe("wss, TLSv1.3");
    expect((await openTo(port, { tls: { ca } }, credentialOf(), "127.0.0.1")).status).toBe(101);
  });

  it("checks the configured server name instead of the host", async () => {
    const { port } = await tlsGateway("wrong-host");
    expect((await openTo(port, { tls: { ca, serverName: "gateway.invalid" } })).status).toBe(101);
  });

  it("accepts any certificate when told to", async () => {
    const { port } = await tlsGateway("self-signed");
    expect((await openTo(port, { tls: { verify: false } })).status).toBe(101);
  });

  it("shows the client certificate of the endpoint, and that of the credential in its place", async () => {
    const { port } = await tlsGateway("server", {
      ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const client = pem("client");
    expect((await openTo(port, { tls: { ca, cert: client, key: client } })).status).toBe(101);
    const stranger = { ca, cert: pem("self-signed"), key: pem("self-signed") };
    const credential = credentialOf({ tls: { cert: client, key: client } });
    expect((await openTo(port, { tls: stranger }, credential)).status).toBe(101);
    // Node's server refuses without an alert, after the handshake.
    const error = await dialErrorOf(endpointTo(`wss://localhost:${port}`, { tls: stranger }));
    expect(error.reason).toBe("unreachable");
    expect(error.hint).toContain("client certificate");
  });
});
