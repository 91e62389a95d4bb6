import {
  chmodSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  mkdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CredentialDraft } from "@mcp-router/core/plugin";
import { describe, expect, it } from "vitest";
import { failureOf } from "./fixtures/failure-of.ts";
import { draftFor, recordingContext } from "./fixtures/recording-context.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { IdentityFiles } from "./identity-files.ts";
import plugin from "./index.ts";
import { MtlsProvider } from "./mtls-provider.ts";

const PASSPHRASE = "correct-horse-battery";
const DAY_MS = 24 * 60 * 60 * 1000;
/** So rare that only the test itself looks at the files. */
const NEVER_MS = 1_000_000;
/** All fixtures but those that say otherwise are valid then. */
const NOW = Date.parse("2030-01-01T00:00:00Z");

function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

type Options = ConstructorParameters<typeof IdentityFiles>[0];

interface Settings {
  readonly env?: { readonly [name: string]: string };
  readonly now?: () => number;
  readonly pollMs?: number;
}

function providerOf(options: Omit<Options, "type">, { env = {}, now = () => NOW, pollMs = NEVER_MS }: Settings = {}) {
  const context = recordingContext(env);
  const provider = new MtlsProvider(new IdentityFiles({ type: "mtls", ...options }, context), context, { now, pollMs });
  const ask = async (reason: CredentialDraft["reason"] = "dial") => {
    const draft = draftFor(reason);
    await provider.authenticate(draft);
    return draft.tls;
  };
  return { provider, context, ask };
}

/** Certificate and key in a folder of the test's own, as `client.pem`. */
function ownFile(name: string): string {
  const path = join(temporaryFolder(), "client.pem");
  put(path, name);
  return path;
}

/** Puts a fixture in the place of the file, as careful programs do. */
function put(path: string, name: string): void {
  copyFileSync(fixture(name), `${path}.new`);
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
}

describe("a client certificate", () => {
  it("is given with its chain and its key", async () => {
    const path = ownFile("client-2.pem");
    const { ask, context } = providerOf({ client_cert: path, client_key: path });
    const tls = await ask();
    expect(tls?.cert?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(tls?.key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(context.warnings).toEqual([]);
  });

  it.each([
    ["the environment", { client_key_passphrase_env: "PASS" }],
    ["a file", { client_key_passphrase_file: "passphrase" }],
  ])("may have an encrypted key, whose passphrase is in %s and becomes a secret", async (_where, more) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "passphrase"), `${PASSPHRASE}\n`, { mode: 0o600 });
    const context = { ...recordingContext({ PASS: PASSPHRASE }), resolvePath: (path: string) => join(folder, path) };
    put(join(folder, "client.crt"), "client-1.pem");
    put(join(folder, "client.key"), "client-1-encrypted.key");
    const options = { type: "mtls", client_cert: "client.crt", client_key: "client.key", ...more } as const;
    const draft = draftFor("dial");
    await plugin.contributes?.auth?.["mtls"]?.create?.(options, context).authenticate(draft);
    expect(draft.tls?.key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(context.secrets).toEqual([PASSPHRASE]);
  });

  it.each([
    ["client-1.p12", { client_key_passphrase_env: "PASS" }, PASSPHRASE],
    ["no-passphrase.p12", {}, undefined],
  ])("may be a PKCS#12 file: %s", async (name, more, passphrase) => {
    const { ask } = providerOf({ client_pfx: fixture(name), ...more }, { env: { PASS: PASSPHRASE } });
    const pfx = (await ask())?.pfx;
    expect(pfx?.bytes.equals(readFileSync(fixture(name)))).toBe(true);
    expect(pfx?.passphrase?.reveal()).toBe(passphrase);
  });

  it.skipIf(process.platform === "win32")("whose key others can read gives one warning", async () => {
    const path = ownFile("client-1.pem");
    chmodSync(path, 0o644);
    const { ask, context } = providerOf({ client_cert: path, client_key: path });
    await ask();
    await ask();
    expect(context.warnings).toEqual([
      expect.stringMatching(/client\.pem \(auth\.client_key\) is open to others .*0644/),
    ]);
  });

  const one = fixture("client-1.pem");
  it.each<[string, Omit<Options, "type">, string]>([
    [
      "ended",
      { client_cert: fixture("expired.pem"), client_key: fixture("expired.pem") },
      "ended on 2021-01-01T00:00:00Z",
    ],
    [
      "is not valid yet",
      { client_cert: fixture("not-yet-valid.pem"), client_key: fixture("not-yet-valid.pem") },
      "is not valid before 2098-01-01T00:00:00Z",
    ],
    [
      "is not for clients",
      { client_cert: fixture("server-only.pem"), client_key: fixture("server-only.pem") },
      "lacks clientAuth",
    ],
    [
      "is not there",
      { client_cert: "/no/such.crt", client_key: one },
      "/no/such.crt (auth.client_cert) does not exist",
    ],
    ["has another key", { client_cert: one, client_key: fixture("client-2.pem") }, "is not the key of the certificate"],
    ["has no certificate", { client_cert: fixture("client-1-encrypted.key"), client_key: one }, "holds no certificate"],
    ["has a folder for a key", { client_cert: one, client_key: fixture("") }, "(EISDIR)"],
    ["has an encrypted key alone", { client_cert: one, client_key: fixture("client-1-encrypted.key") }, "is encrypted"],
    [
      "has a wrong passphrase",
      { client_cert: one, client_key: fixture("client-1-encrypted.key"), client_key_passphrase_env: "WRONG" },
      "cannot be decrypted",
    ],
    [
      "has a passphrase that is not set",
      { client_cert: one, client_key: fixture("client-1-encrypted.key"), client_key_passphrase_env: "NONE" },
      "NONE (auth.client_key_passphrase_env) is not set",
    ],
    [
      "has two passphrases",
      { client_cert: one, client_key: one, client_key_passphrase_env: "WRONG", client_key_passphrase_file: one },
      "named twice",
    ],
    ["is no PKCS#12", { client_pfx: one }, "is not a PKCS#12 file"],
    [
      "is PKCS#12 with another passphrase",
      { client_pfx: fixture("client-1.p12"), client_key_passphrase_env: "WRONG" },
      "cannot be opened with the passphrase",
    ],
  ])("that %s is an error that says so", async (_what, options, says) => {
    const { ask } = providerOf(options, { env: { WRONG: "wrong-passphrase" } });
    const error = await failureOf(() => ask());
    expect(error).toMatchObject({ reason: "credential", permanent: true, hint: expect.stringMatching(/\w/) });
    expect(error.message).toContain(says);
    expect(`${error.message} ${error.hint}`).not.toContain("wrong-passphrase");
  });

  it("that ends within two weeks is told once a day, and is an error when it has ended", async () => {
    const path = ownFile("client-1.pem");
    const end = Date.parse("2099-12-31T23:59:59Z");
    let now = end - 15 * DAY_MS;
    const { ask, context, provider } = providerOf({ client_cert: path, client_key: path }, { now: () => now });
    await ask();
    expect(context.warnings).toEqual([]);
    now = end - 13.5 * DAY_MS;
    await ask();
    provider.warnOfEnd();
    expect(context.warnings).toEqual([expect.stringContaining("ends on 2099-12-31T23:59:59Z, in 13 days")]);
    now += DAY_MS;
    provider.warnOfEnd();
    expect(context.warnings[1]).toContain("in 12 days");
    now = end + DAY_MS;
    provider.warnOfEnd();
    expect(context.warnings[2]).toContain("ended on");
    expect((await failureOf(() => ask())).message).toContain("ended on");
  });

  it("that the gateway rejects is not given again, until there is another", async () => {
    const path = ownFile("client-1.pem");
    const { ask } = providerOf({ client_cert: path, client_key: path });
    const first = await ask();
    const error = await failureOf(() => ask("rejected"));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain("CN=client one");
    put(path, "client-2.pem");
    expect((await ask("rejected"))?.cert).not.toBe(first?.cert);
  });
});

describe("a certificate that is renewed", () => {
  it("is noticed by itself, and given from then on", async () => {
    const path = ownFile("client-1.pem");
    const { ask, context } = providerOf({ client_cert: path, client_key: path }, { pollMs: 5 });
    const first = await ask();
    put(path, "client-2.pem");
    await context.untilChanged(1);
    expect((await ask("changed"))?.cert).not.toBe(first?.cert);
    context.end();
    put(path, "client-1.pem");
    await ask("changed");
    expect(context.changes()).toBe(1);
  });

  it("is noticed when a symbolic link on the way is swapped, as Kubernetes does", async () => {
    const folder = temporaryFolder();
    for (const [version, name] of [
      ["..v1", "client-1.pem"],
      ["..v2", "client-2.pem"],
    ] as const) {
      mkdirSync(join(folder, version));
      put(join(folder, version, "tls.pem"), name);
    }
    symlinkSync("..v1", join(folder, "..data"));
    symlinkSync(join("..data", "tls.pem"), join(folder, "tls.pem"));
    const path = join(folder, "tls.pem");
    const { ask, context } = providerOf({ client_cert: path, client_key: path });
    const first = await ask();
    symlinkSync("..v2", join(folder, "..next"));
    renameSync(join(folder, "..next"), join(folder, "..data"));
    expect((await ask())?.cert).not.toBe(first?.cert);
    expect(context.changes()).toBe(1);
  });

  it("one file after the other is used when both are there, without a word between", async () => {
    const [cert, key] = [ownFile("client-1.pem"), ownFile("client-1.pem")];
    const { ask, context } = providerOf({ client_cert: cert, client_key: key });
    const first = await ask();
    put(cert, "client-2.pem");
    expect(await ask()).toEqual(first);
    put(key, "client-2.pem");
    expect((await ask())?.cert).not.toBe(first?.cert);
    expect([context.warnings, context.changes()]).toEqual([[], 1]);
  });

  it.each([
    ["gone", (path: string) => rmSync(path)],
    ["expired", (path: string) => put(path, "expired.pem")],
    ["spoilt", (path: string) => writeFileSync(path, "hello")],
  ])("and is %s leaves the old one in use, with one warning", async (_how, spoil) => {
    const path = ownFile("client-1.pem");
    const { ask, context } = providerOf({ client_cert: path, client_key: path });
    const first = await ask();
    spoil(path);
    for (let look = 0; look < 4; look++) expect(await ask()).toEqual(first);
    expect(context.warnings).toEqual([expect.stringContaining("The client certificate read before stays in use.")]);
    expect(context.changes()).toBe(0);
  });

  it("as PKCS#12 is noticed too", async () => {
    const path = join(temporaryFolder(), "client.p12");
    put(path, "client-1.p12");
    const env = { PASS: PASSPHRASE };
    const { ask, context } = providerOf({ client_pfx: path, client_key_passphrase_env: "PASS" }, { env });
    const first = await ask();
    put(path, "client-1.p12");
    expect([await ask(), context.changes()]).toEqual([first, 0]);
    put(path, "client-2.p12");
    expect((await ask())?.pfx?.bytes).not.toEqual(first?.pfx?.bytes);
    expect(context.changes()).toBe(1);
  });
});
