import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CredentialDraft } from "../plugin/credential.ts";
import type { JsonObject } from "../plugin/json.ts";
import { Secret } from "../plugin/secret.ts";
import { loadPlugins } from "../testing/load-plugins.ts";
import { pluginDirectory } from "../testing/plugin-directory.ts";
import { RecordingLogger } from "../testing/recording-logger.ts";
import { FakeTransport } from "../testing/fake-transport.ts";
import { buildEndpoints } from "./build-endpoints.ts";
import { withClientCertificate, withFreshTls } from "./fresh-tls.ts";

const pem = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
const CLIENT = pem("client.pem");
const OTHER = pem("client-2.pem");
const PASSPHRASE = "correct-horse-battery";
const authority = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

async function endpointOf(
  tls: JsonObject,
  files: { readonly [name: string]: string },
  { url = "test://x", env = {} }: { readonly url?: string; readonly env?: { readonly [name: string]: string } } = {},
) {
  const directory = pluginDirectory(files);
  const log = new RecordingLogger();
  const secrets: string[] = [];
  const { config } = await loadPlugins({ config: { gateway: { url, tls } }, baseDirectory: directory, env }).loading;
  const redact = (text: string): void => void secrets.push(text);
  const [built] = await buildEndpoints(config, env, { log, redact });
  if (built === undefined) throw new Error("no endpoint");
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  return { ...built, log, secrets, write, remove: (name: string) => rmSync(join(directory, name)) };
}

function draftOf(): CredentialDraft {
  return {
    endpoint: {
      name: "x",
      url: new URL("test://x"),
      priority: 0,
      tls: { verify: true, minVersion: "TLSv1.2" },
      connection,
    },
    reason: "dial",
    signal: new AbortController().signal,
    rejected: undefined,
    challenge: undefined,
    bearer: undefined,
    headers: new Map(),
    tls: undefined,
    expiresAt: undefined,
  };
}

const connection = { timeoutMs: 1000, keepaliveIntervalMs: 15_000, maxMessageBytes: 1000, maxFrameBytes: 0 };

describe("the TLS files of an endpoint", () => {
  it("hold from the next look on when they change", async () => {
    const { endpoint, tls, write } = await endpointOf(
      { ca_cert_path: "ca.pem", ca_only: true, client_cert: "client.pem", client_key: "client.pem" },
      { "ca.pem": authority("one"), "client.pem": CLIENT },
    );
    expect(endpoint.tls.ca).toEqual([authority("one")]);
    const before = endpoint.tls.cert;
    write("ca.pem", authority("another"));
    write("client.pem", OTHER);
    expect(endpoint.tls.cert).toBe(before);
    await tls.refresh();
    expect(endpoint.tls.ca).toEqual([authority("another")]);
    expect(endpoint.tls.cert?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(endpoint.tls.cert).not.toBe(before);
  });

  it.each([
    ["gone", undefined],
    ["half written", authority("another").slice(0, -10)],
    ["no PEM text", "hello"],
  ])("that are %s leave what was read before, with one warning", async (_how, text) => {
    const { endpoint, tls, write, remove, log } = await endpointOf(
      { ca_cert_path: "ca.pem", ca_only: true },
      { "ca.pem": authority("one") },
    );
    if (text === undefined) remove("ca.pem");
    else write("ca.pem", text);
    for (let look = 0; look < 3; look++) await tls.refresh();
    expect(endpoint.tls.ca).toEqual([authority("one")]);
    expect(log.of("warn")).toEqual([
      expect.stringMatching(
        /gateway\.tls\.ca_cert_path: .*ca\.pem cannot be used: .*; what was read before stays in use/,
      ),
    ]);
  });

  it("of a certificate and its key are taken when both are there, however they are replaced", async () => {
    const { endpoint, tls, write, log } = await endpointOf(
      { client_cert: "client.crt", client_key: "client.key" },
      { "client.crt": CLIENT, "client.key": CLIENT },
    );
    const before = endpoint.tls;
    write("client.crt", OTHER);
    await tls.refresh();
    expect(endpoint.tls).toEqual(before);
    write("client.key", OTHER);
    await tls.refresh();
    expect(endpoint.tls.cert).not.toBe(before.cert);
    expect(log.of("warn")).toEqual([]);
  });

  it("may be encrypted, with the passphrase in the environment, which is never shown", async () => {
    const { endpoint, secrets } = await endpointOf(
      { client_cert: "client.pem", client_key: "client.key", client_key_passphrase_env: "PASS" },
      { "client.pem": CLIENT, "client.key": pem("client-encrypted.key") },
      { env: { PASS: PASSPHRASE } },
    );
    expect(endpoint.tls.key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(secrets).toContain(PASSPHRASE);
  });

  it.each([
    [{}, {}, /client_key: .*client\.key is encrypted; name the environment variable .* client_key_passphrase_env/],
    [{ client_key_passphrase_env: "PASS" }, {}, /client_key_passphrase_env: the environment variable PASS is not set/],
    [{ client_key_passphrase_env: "PASS" }, { PASS: "another-passphrase" }, /client\.key cannot be decrypted/],
  ])("that are encrypted need the right passphrase: %j", async (more, env, says) => {
    const tls = { client_cert: "client.pem", client_key: "client.key", ...more };
    const files = { "client.pem": CLIENT, "client.key": pem("client-encrypted.key") };
    await expect(endpointOf(tls, files, { env })).rejects.toThrow(says);
  });

  it("of the environment are trusted too, when they can be read", async () => {
    const extra = join(pluginDirectory({ "extra.pem": authority("extra") }), "extra.pem");
    const cert = join(pluginDirectory({ "cert.pem": authority("cert") }), "cert.pem");
    const env = { NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: cert };
    const { endpoint } = await endpointOf({}, {}, { env });
    expect(endpoint.tls.ca?.slice(-2)).toEqual([authority("extra"), authority("cert")]);
    expect(endpoint.tls.ca?.length).toBeGreaterThan(10);
    const alone = await endpointOf({}, {}, { env: { NODE_EXTRA_CA_CERTS: extra } });
    expect(alone.endpoint.tls.ca).toBeUndefined();
    const strict = await endpointOf({ ca_cert_path: "ca.pem", ca_only: true }, { "ca.pem": authority("own") }, { env });
    expect(strict.endpoint.tls.ca).toEqual([authority("own")]);
    const missing = await endpointOf({}, {}, { env: { SSL_CERT_FILE: "/no/such/file.pem" } });
    expect(missing.endpoint.tls.ca).toBeUndefined();
    expect(missing.log.of("warn")).toEqual([
      expect.stringContaining("SSL_CERT_FILE: /no/such/file.pem cannot be used"),
    ]);
  });
});

describe("a credential of an endpoint with a client certificate", () => {
  const signal = new AbortController().signal;
  const files = { client_cert: "client.pem", client_key: "client.pem" };

  it("holds the certificate as its file has it now, and what the provider gives", async () => {
    const { tls, write } = await endpointOf(files, { "client.pem": CLIENT });
    let changes = 0;
    const { provider, complete } = withClientCertificate({
      provider: { authenticate: (draft) => void (draft.bearer = new Secret("token")) },
      complete: () => undefined,
      tls,
      changed: () => void changes++,
      signal,
    });
    const first = draftOf();
    await provider?.authenticate(first);
    await complete(first);
    expect(first.bearer?.reveal()).toBe("token");
    write("client.pem", OTHER);
    const second = draftOf();
    await provider?.authenticate(second);
    await complete(second);
    expect(second.tls?.cert).not.toBe(first.tls?.cert);
    expect(second.tls).toEqual(tls.identity);
    expect(changes).toBe(1);
  });

  it("keeps a certificate that the provider gives", async () => {
    const { tls } = await endpointOf(files, { "client.pem": CLIENT });
    const own = { cert: "own", key: "own" };
    const { provider, complete } = withClientCertificate({
      provider: { authenticate: (draft) => void (draft.tls = own) },
      complete: () => undefined,
      tls,
      changed: () => {},
      signal,
    });
    const draft = draftOf();
    await provider?.authenticate(draft);
    await complete(draft);
    expect(draft.tls).toEqual(own);
  });

  it("is left to the provider where there are no files", async () => {
    const { tls } = await endpointOf({}, {});
    const parts = { provider: undefined, complete: () => undefined };
    expect(withClientCertificate({ ...parts, tls, changed: () => {}, signal })).toEqual(parts);
  });
});

it("a health check is asked with the files as they are then", async () => {
  const { endpoint, tls, write } = await endpointOf(
    { ca_cert_path: "ca.pem", ca_only: true },
    { "ca.pem": authority("one") },
  );
  const seen: unknown[] = [];
  const transport = Object.assign(new FakeTransport(), {
    health: async () => {
      seen.push(endpoint.tls.ca);
      return { url: "http://x/health", status: 200 };
    },
  });
  const fresh = withFreshTls(transport, tls);
  write("ca.pem", authority("another"));
  await fresh.health?.(endpoint, undefined, new AbortController().signal);
  expect(seen).toEqual([[authority("another")]]);
});
