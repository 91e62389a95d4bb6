import { join } from "node:path";

import { describe, expect, it } from "vitest";

import {
  CLIENT_AUTHORITY,
  CLIENT_PASSPHRASE,
  clientCertificate,
  putClientCertificate,
} from "./support/client-certificates.ts";
import { expectAlive } from "./support/expect-alive.ts";
import { type JsonObject, layered } from "./support/json.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { runRouter } from "./support/run-router.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";
import { type Asked, startTestGateway } from "./support/test-gateway.ts";
import { TEST_AUTHORITY, TEST_IDENTITY } from "./support/test-identity.ts";
import { startTlsFront } from "./support/tls-front.ts";

/** A TLS server that lets nobody in without a certificate of the authority of our fixtures. */
const STRICT = { ...TEST_IDENTITY, ca: CLIENT_AUTHORITY, requestCert: true, rejectUnauthorized: true };
const TOKEN = "token-of-the-certificates";
const TRANSPORTS = ["ws", "tcp"] as const;

async function startClient(
  url: string,
  gateway: JsonObject,
  env: { readonly [name: string]: string } = {},
  local: JsonObject = {},
) {
  const authority = { gateway: { tls: { ca_cert_path: TEST_AUTHORITY } } };
  const router = await spawnRouter({ url, env, config: layered(authority, { gateway, local }) });
  return new ParanoidClient(router);
}

describe.each(TRANSPORTS)("over TLS on %s, a client certificate", (transport) => {
  const WAYS: readonly (readonly [
    name: string,
    files: readonly [string, string],
    gateway: (path: string) => JsonObject,
  ])[] = [
    [
      "of auth.type mtls",
      ["client-1.pem", "client-2.pem"],
      (path) => ({ auth: { type: "mtls", client_cert: path, client_key: path } }),
    ],
    [
      "of auth.type mtls as PKCS#12",
      ["client-1.p12", "client-2.p12"],
      (path) => ({ auth: { type: "mtls", client_pfx: path, client_key_passphrase_file: `${path}.pass` } }),
    ],
    [
      "of gateway.tls, beside a token",
      ["client-1.pem", "client-2.pem"],
      (path) => ({
        auth: { type: "bearer", token_env: "TOKEN" },
        tls: { client_cert: path, client_key: path },
      }),
    ],
  ];

  it.each(WAYS)("%s is renewed on a new connection, and no request fails", async (_name, [first, second], gateway) => {
    let slow: Asked | undefined;
    const test = await startTestGateway({ "test/slow": (asked) => (slow = asked) }, { transport });
    const front = await startTlsFront(test.url, STRICT);
    const directory = await temporaryDirectory({ "client.pass": CLIENT_PASSPHRASE });
    const path = join(directory, "client");
    putClientCertificate(first, path);
    const client = await startClient(front.url, gateway(path), { TOKEN });
    await client.initialize();
    const answer = client.request("test/slow");
    await expectAlive(client);
    expect(front.clients).toEqual(["client one"]);
    putClientCertificate(second, path);
    while (test.asked.at(-1)?.connection !== 2) await expectAlive(client);
    slow?.result('{"at":"last"}');
    expect((await answer).result).toEqual({ at: "last" });
    expect(front.clients).toEqual(["client one", "client two"]);
    expect(slow?.connection).toBe(1);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    expect(client.router.stderr).not.toContain(CLIENT_PASSPHRASE);
  });

  describe.each([
    ["TLS 1.2", { ...STRICT, maxVersion: "TLSv1.2" }],
    ["TLS 1.3", STRICT],
  ] as const)("with %s", (_version, strict) => {
    it.each([
      ["is missing", undefined, /asks for a client certificate|client certificate is missing/],
      // This server says nothing of why: it hangs up.
      ["of another authority is refused", "stranger.pem", /closed the connection/],
    ])("that %s is an error that says so", async (_what, name, says) => {
      const test = await startTestGateway({}, { transport });
      const front = await startTlsFront(test.url, strict);
      const path = name === undefined ? undefined : clientCertificate(name);
      const auth = path === undefined ? {} : { auth: { type: "mtls", client_cert: path, client_key: path } };
      const quick = { ...auth, connection: { timeout_ms: 3000 } };
      const client = await startClient(front.url, quick, {}, { initialize_hold_ms: 300 });
      const { error } = await client.initialize();
      expect(error?.message).toMatch(says);
      if (name === undefined) {
        expect(error?.data["hint"]).toMatch(/Set gateway\.tls\.client_cert and gateway\.tls\.client_key/);
        expect(error?.data["outcome"]).toMatch(/^not_/);
      }
      expect(test.asked).toEqual([]);
    });
  });
});

describe("a client certificate that is known to be of no use", () => {
  it.each([
    [
      "ended",
      { client_cert: "expired.pem", client_key: "expired.pem" },
      /expired\.pem \(auth\.client_cert\) ended on 2021/,
    ],
    ["is for servers", { client_cert: "server-only.pem", client_key: "server-only.pem" }, /lacks clientAuth/],
    [
      "has an encrypted key",
      { client_cert: "client-1.pem", client_key: "client-1-encrypted.key" },
      /client-1-encrypted\.key \(auth\.client_key\) is encrypted/,
    ],
  ])("because it %s is told in the answer to the first request, and nothing is dialled", async (_why, files, says) => {
    const test = await startTestGateway({});
    const front = await startTlsFront(test.url, STRICT);
    const paths = {
      client_cert: clientCertificate(files.client_cert),
      client_key: clientCertificate(files.client_key),
    };
    const client = await startClient(front.url, { auth: { type: "mtls", ...paths } });
    const { error } = await client.initialize();
    expect(error?.message).toMatch(says);
    expect(error?.data).toMatchObject({
      reason: "AUTH_FAILED",
      outcome: "not_sent",
      hint: expect.stringMatching(/\w/),
    });
    expect(front.clients).toEqual([]);
    await client.finish();
  });

  it("is dialled with as soon as it was replaced", async () => {
    const test = await startTestGateway({});
    const front = await startTlsFront(test.url, STRICT);
    const path = join(await temporaryDirectory(), "client");
    putClientCertificate("expired.pem", path);
    const client = await startClient(front.url, { auth: { type: "mtls", client_cert: path, client_key: path } });
    expect((await client.initialize()).error).toMatchObject({ data: { reason: "AUTH_FAILED" } });
    const opened = test.gateway.next("sessionOpened");
    putClientCertificate("client-1.pem", path);
    await opened;
    expect((await client.initialize()).result).toBeDefined();
    expect(front.clients).toEqual(["client one"]);
    await client.finish();
  });

  it("in gateway.tls stops the start, with the key that is missing", async () => {
    const { exitCode, stderr } = await runRouter({
      url: "wss://127.0.0.1:1/mcp",
      config: {
        gateway: {
          tls: {
            client_cert: clientCertificate("client-1.pem"),
            client_key: clientCertificate("client-1-encrypted.key"),
          },
        },
      },
    });
    expect(exitCode).toBe(78);
    expect(stderr).toContain("gateway.tls.client_key");
    expect(stderr).toContain("client_key_passphrase_env");
  });
});
