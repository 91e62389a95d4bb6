import { stateDirectory } from "../config-file/config-directories.ts";
import type { Environment } from "../config-file/config-directories.ts";
import { TrustStore } from "./trust-store.ts";
import type { TrustedFile } from "./trust-store.ts";
import { UntrustedConfigError } from "./untrusted-error.ts";

/** @throws UntrustedConfigError unless the user trusts the file with this content. */
export async function requireTrust(file: TrustedFile, env: Environment): Promise<void> {
  const store = new TrustStore(stateDirectory(env));
  if (await store.isTrusted(file)) return;
  throw new UntrustedConfigError(file.file, (await store.isKnown(file.file)) ? "changed" : "new");
}
