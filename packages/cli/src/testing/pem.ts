import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The file of a test certificate; see the README beside them. */
export function pemFile(name: string): string {
  return fileURLToPath(new URL(`../../../sockets/src/fixtures/${name}.pem`, import.meta.url));
}

/** Certificate and key of a server, which are in one file. */
export function identity(name: string): { readonly cert: string; readonly key: string } {
  const text = readFileSync(pemFile(name), "utf8");
  return { cert: text, key: text };
}
