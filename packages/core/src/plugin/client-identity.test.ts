import { readFileSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readClientIdentity } from "./client-identity.ts";

const pem = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
const PLAIN = pem("client.pem");
const CHAINED = pem("client-2.pem");
const ENCRYPTED = pem("client-encrypted.key");
const PASSPHRASE = "correct-horse-battery";

describe("a client identity", () => {
  it("is the certificates of one text and the key of the other, which may be the same", () => {
    const read = readClientIdentity({ cert: CHAINED, key: CHAINED });
    if ("problem" in read) throw new Error(read.problem);
    expect(read.cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(read.cert).not.toContain("PRIVATE");
    expect(read.key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(read.key).not.toContain("CERTIFICATE");
    expect(new X509Certificate(read.cert).subject).toBe("CN=client two");
  });

  it("has its key decrypted", () => {
    const read = readClientIdentity({ cert: PLAIN, key: ENCRYPTED, passphrase: PASSPHRASE });
    if ("problem" in read) throw new Error(read.problem);
    expect(read.key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(read).toEqual({ cert: expect.stringContaining("BEGIN CERTIFICATE"), key: read.key });
  });

  it.each([
    ["no certificate", { cert: "hello", key: PLAIN }, "cert", "holds no certificate"],
    [
      "a spoilt certificate",
      { cert: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", key: PLAIN },
      "cert",
      "cannot be read",
    ],
    ["no key", { cert: PLAIN, key: "hello" }, "key", "holds no private key"],
    [
      "a spoilt key",
      { cert: PLAIN, key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----" },
      "key",
      "cannot be read",
    ],
    ["the key of another certificate", { cert: PLAIN, key: CHAINED }, "key", "is not the key of the certificate"],
    ["an encrypted key and no passphrase", { cert: PLAIN, key: ENCRYPTED }, "passphrase", "is encrypted"],
    [
      "an encrypted key and a wrong passphrase",
      { cert: PLAIN, key: ENCRYPTED, passphrase: "wrong-passphrase" },
      "passphrase",
      "cannot be decrypted",
    ],
  ])("is not %s", (_what, written, part, says) => {
    const read = readClientIdentity(written);
    expect(read).toMatchObject({ part, problem: expect.stringContaining(says) });
    expect(JSON.stringify(read)).not.toContain("wrong-passphrase");
  });
});
