import { readFileSync } from "node:fs";

import type { TlsIdentity } from "../listeners/tls-handshakes.ts";

/** Reads the files of `--tls-cert` and `--tls-key`, or says what is wrong; nothing when neither is given. */
export function readTls(options: {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}): TlsIdentity | { readonly problem: string } | undefined {
  const { tlsCert, tlsKey } = options;
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    return { problem: "give --tls-cert and --tls-key together; both may name one file that holds both" };
  }
  const cert = readText("--tls-cert", tlsCert);
  if (typeof cert !== "string") return cert;
  const key = readText("--tls-key", tlsKey);
  return typeof key === "string" ? { cert, key } : key;
}

function readText(option: string, file: string): string | { readonly problem: string } {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return { problem: `${option}: ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}
