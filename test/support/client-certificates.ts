import { chmodSync, copyFileSync, readFileSync, renameSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FIXTURES = new URL("../../packages/auth-mtls/src/fixtures/", import.meta.url);

/** The authority that signed the client certificates, PEM. */
export const CLIENT_AUTHORITY = readFileSync(new URL("ca.pem", FIXTURES), "utf8");

export const CLIENT_PASSPHRASE = "correct-horse-battery";

/** The file of a certificate and its key, by the name of the fixture. */
export function clientCertificate(name: string): string {
  return fileURLToPath(new URL(name, FIXTURES));
}

/** Puts a certificate in the place of a file, as careful programs do. */
export function putClientCertificate(name: string, path: string): void {
  copyFileSync(clientCertificate(name), `${path}.new`);
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
}
