import { createSecureContext } from "node:tls";

import type { TlsIdentity } from "./tls-handshakes.ts";

/** @throws TypeError when the certificate or the key is no PEM, or they are not of each other. */
export function expectIdentity(tls: TlsIdentity | undefined): void {
  if (tls === undefined) return;
  try {
    createSecureContext({ ...tls });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TypeError(`the TLS certificate or its key cannot be used: ${reason}`, { cause: error });
  }
}
