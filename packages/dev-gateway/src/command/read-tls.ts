import { readFileSync } from "node:fs";

import type { TlsIdentity } from "../listeners/tls-handshakes.ts";

/** Reads the files of `--tls-cert`, `--tls-key` and `--tls-client-ca`, or says what is wrong; nothing when none is given. */
export function readTls(options: {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
}): TlsIdentity | { readonly problem: string } | undefined {
  const { tlsCert, tlsKey, tlsClientCa } = options;
  if (tlsCert === undefined && tlsKey === undefined) {
    return tlsClientCa === undefined ? undefined : { problem: "--tls-client-ca needs --tls-cert and --tls-key" };
  }
  if (tlsCert === undefined || tlsKey === undefined) {
    return { problem: "give --tls-cert and --tls-key together; both may name one file that holds both" };
  }
  const cert = readText("--tls-cert", tlsCert);
  if (typeof cert !== "string") return cert;
  const key = readText("--tls-key", tlsKey);
  if (typeof key !== "string") return key;
  if (tlsClientCa === undefined) return { cert, key };
  const ca = readText("--tls-client-ca", tlsClientCa);
  return typeof ca === "string" ? { cert, key, ca } : ca;
}

function readText(option: string, file: string): string | { readonly problem: string } {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return { problem: `${option}: ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}
