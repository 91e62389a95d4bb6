import {
  type AuthContext,
  type AuthProvider,
  type CredentialDraft,
  DialError,
  type TlsMaterial,
  WatchedMaterial,
} from "@mcp-router/core/plugin";
import { capital, checkCertificate, type ClientCertificate, endWarning, ownerOf } from "./client-certificate.ts";
import type { IdentityFiles } from "./identity-files.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

interface ProviderTimes {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds between two looks at the files. */
  readonly pollMs?: number;
}

/** Puts the client certificate of one endpoint into its credential, and the new one when its files change. */
export class MtlsProvider implements AuthProvider {
  readonly #files: WatchedMaterial<ClientCertificate>;
  readonly #context: AuthContext;
  readonly #now: () => number;
  #handedOut: ClientCertificate | undefined;
  #warnedAt = Number.NEGATIVE_INFINITY;
  #watching = false;

  constructor(files: IdentityFiles, context: AuthContext, times: ProviderTimes = { now: Date.now }) {
    const { now, pollMs } = times;
    this.#context = context;
    this.#now = now;
    this.#files = new WatchedMaterial({
      paths: files.paths,
      read: async () => {
        const read = await files.read();
        checkCertificate(read, now());
        return read;
      },
      same: (before, after) => sameMaterial(before.tls, after.tls),
      kept: (cause) => {
        const why = DialError.is(cause) ? cause.message : String(cause);
        context.log.warn(`${why} The client certificate read before stays in use.`);
      },
      // Certificate and key are seldom replaced in one step.
      patience: 2,
      ...(pollMs === undefined ? {} : { pollMs }),
    });
  }

  async authenticate(draft: CredentialDraft): Promise<void> {
    this.#watch();
    const identity = await this.#files.refresh();
    checkCertificate(identity, this.#now());
    this.warnOfEnd();
    const before = this.#handedOut;
    if (draft.reason === "rejected" && before !== undefined && sameMaterial(before.tls, identity.tls)) {
      throw new DialError(
        "credential",
        `The gateway does not let ${ownerOf(identity)} in (${identity.name}), and there is no other certificate.`,
        {
          hint: "Ask whoever runs the gateway whether it knows this certificate, and whether it wants a token as well.",
          phase: "auth",
        },
      );
    }
    this.#handedOut = identity;
    draft.tls = { ...draft.tls, ...identity.tls };
  }

  /** Says once a day that the certificate in use ends soon. */
  warnOfEnd(): void {
    const { value } = this.#files;
    const now = this.#now();
    if (value === undefined || now - this.#warnedAt < DAY_MS) return;
    const warning = endWarning(value, now);
    if (warning === undefined) return;
    this.#warnedAt = now;
    this.#context.log.warn(capital(warning));
  }

  #watch(): void {
    const { signal } = this.#context;
    if (this.#watching || signal.aborted) return;
    this.#watching = true;
    this.#files.watch(signal, () => this.#context.changed());
    const timer = setInterval(() => this.warnOfEnd(), HOUR_MS).unref();
    signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }
}

function sameMaterial(before: TlsMaterial, after: TlsMaterial): boolean {
  if (before.pfx === undefined || after.pfx === undefined) {
    return before.pfx === after.pfx && before.cert === after.cert && before.key === after.key;
  }
  return before.pfx.bytes.equals(after.pfx.bytes) && before.pfx.passphrase?.reveal() === after.pfx.passphrase?.reveal();
}
