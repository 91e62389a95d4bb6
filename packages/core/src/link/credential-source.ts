import type { AuthProvider } from "../plugin/auth-provider.ts";
import type { Credential, CredentialDraft, CredentialReason } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { Secret } from "../plugin/secret.ts";
import { orAborted } from "./or-aborted.ts";

export interface CredentialSourceOptions {
  readonly endpoint: Endpoint;
  /** The provider of the endpoint's `auth.type`, when it has one. */
  readonly provider: AuthProvider | undefined;
  /** The `onAuth` hook. */
  readonly complete: (draft: CredentialDraft) => Promise<void> | undefined;
}

interface Pending {
  readonly reason: CredentialReason;
  readonly credential: Promise<Credential>;
  /** Of whoever made the request. */
  readonly signal: AbortSignal;
}

/** Gets the credential of one endpoint, one request at a time: whoever asks meanwhile gets the same answer. */
export class CredentialSource {
  readonly #options: CredentialSourceOptions;
  #pending: Pending | undefined;
  /** What the gateway gave in the place of the provider's bearer. */
  #rotated: Secret | undefined;
  /** The provider's bearer, as it was given last, and as it was when the gateway replaced it. */
  #given: string | undefined;
  #replaced: string | undefined;

  constructor(options: CredentialSourceOptions) {
    this.#options = options;
  }

  /**
   * @param signal Ends the wait, even for a provider that does not heed it.
   * @param rejected With the reason `rejected`: the bearer that was refused.
   * @param challenge And what the refusal said about it.
   * @throws DialError when there is no credential; the signal's reason when it aborts.
   */
  async get(reason: CredentialReason, signal: AbortSignal, rejected?: Secret, challenge?: string): Promise<Credential> {
    const before = this.#pending;
    if (before !== undefined && serves(before.reason, reason)) {
      try {
        return await orAborted(before.credential, signal);
      } catch (cause) {
        // Whoever made the request may have given it up for reasons of its own, such as the end of its connection.
        if (signal.aborted || !before.signal.aborted) throw cause;
        return await this.get(reason, signal, rejected, challenge);
      }
    }
    const credential = this.#after(before, reason, signal, rejected, challenge);
    const pending: Pending = { reason, credential, signal };
    this.#pending = pending;
    try {
      return await credential;
    } finally {
      if (this.#pending === pending) this.#pending = undefined;
    }
  }

  /** The gateway hands out its own bearer: it holds for what follows, until it is refused or the provider has a newer one. */
  rotate(bearer: Secret): void {
    this.#rotated = bearer;
    this.#replaced = this.#given;
  }

  async #after(
    before: Pending | undefined,
    reason: CredentialReason,
    signal: AbortSignal,
    rejected: Secret | undefined,
    challenge: string | undefined,
  ): Promise<Credential> {
    // The failure of the earlier request is told to whoever made it.
    if (before !== undefined) await before.credential.catch(() => {});
    return await orAborted(this.#ask(reason, signal, rejected, challenge), signal);
  }

  async #ask(
    reason: CredentialReason,
    signal: AbortSignal,
    rejected: Secret | undefined,
    challenge: string | undefined,
  ): Promise<Credential> {
    const { endpoint, provider, complete } = this.#options;
    if (reason === "rejected") this.#rotated = undefined;
    const draft: CredentialDraft = {
      endpoint,
      reason,
      signal,
      rejected,
      challenge,
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
    this.#given = draft.bearer?.reveal();
    // What has changed may be something else than the bearer, such as a certificate.
    if (reason === "changed" && this.#given !== this.#replaced) this.#rotated = undefined;
    if (this.#rotated !== undefined) draft.bearer = this.#rotated;
    return draft;
  }
}

/** Whether what is being asked for one reason is good for another: it may be the very credential that is no good any more. */
function serves(pending: CredentialReason, reason: CredentialReason): boolean {
  if (reason === "changed") return false;
  return reason !== "rejected" || pending === "rejected";
}
