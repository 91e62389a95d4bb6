import type { AuthProvider } from "../plugin/auth-provider.ts";
import type { Credential, CredentialDraft, CredentialReason } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";

export interface CredentialSourceOptions {
  readonly endpoint: Endpoint;
  /** The provider of the endpoint's `auth.type`, when it has one. */
  readonly provider: AuthProvider | undefined;
  /** The `onAuth` hook. */
  readonly complete: (draft: CredentialDraft) => Promise<void> | undefined;
}

/** Gets the credential of one endpoint, one request at a time: whoever asks meanwhile gets the same answer. */
export class CredentialSource {
  readonly #options: CredentialSourceOptions;
  #pending: Promise<Credential> | undefined;

  constructor(options: CredentialSourceOptions) {
    this.#options = options;
  }

  /** @throws DialError when there is no credential. */
  get(reason: CredentialReason, signal: AbortSignal): Promise<Credential> {
    if (this.#pending === undefined) {
      this.#pending = this.#ask(reason, signal).finally(() => {
        this.#pending = undefined;
      });
    }
    return this.#pending;
  }

  async #ask(reason: CredentialReason, signal: AbortSignal): Promise<Credential> {
    const { endpoint, provider, complete } = this.#options;
    const draft: CredentialDraft = {
      endpoint,
      reason,
      signal,
      bearer: undefined,
      headers: new Map(),
      tls: undefined,
      expiresAt: undefined,
    };
    try {
      await provider?.authenticate(draft);
      await complete(draft);
    } catch (cause) {
      if (DialError.is(cause)) throw cause;
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new DialError("credential", `no credential for ${endpoint.name}: ${detail}`, { cause, phase: "auth" });
    }
    return draft;
  }
}
