import type { Endpoint, TlsOptions } from "./endpoint.ts";
import type { Secret } from "./secret.ts";

/** Why a credential is asked for. After `rejected` the provider must not hand out what it handed out before. */
export type CredentialReason = "dial" | "expiry" | "rejected" | "changed";

/** TLS material of a credential; it takes the place of the endpoint's. */
export interface TlsMaterial extends Partial<Pick<TlsOptions, "ca" | "cert" | "key">> {
  /** PKCS#12, in the place of `cert` and `key`. */
  readonly pfx?: { readonly bytes: Buffer; readonly passphrase: Secret | undefined };
}

/** What an `onAuth` tap gets: the taps fill one draft, so mTLS combines with a bearer token. */
export interface CredentialDraft {
  readonly endpoint: Endpoint;
  readonly reason: CredentialReason;
  readonly signal: AbortSignal;
  /** With `rejected`: the bearer that the gateway refused, which may be older than what the provider has by now. */
  readonly rejected: Secret | undefined;
  /** With `rejected`: the `WWW-Authenticate` of the refusal, where there was one (RFC 9110 §11.6.1, RFC 9728 §5.1). */
  readonly challenge: string | undefined;
  /** Sent as `Authorization: Bearer` on the upgrade, and as `auth_token` with each message where the gateway takes it. */
  bearer: Secret | undefined;
  /** Further headers of the upgrade or request. */
  readonly headers: Map<string, Secret | string>;
  tls: TlsMaterial | undefined;
  /** Monotonic milliseconds (`performance.now()`) at which the credential stops working. */
  expiresAt: number | undefined;
}

/** A finished draft. */
export interface Credential {
  readonly bearer: Secret | undefined;
  readonly headers: ReadonlyMap<string, Secret | string>;
  readonly tls: TlsMaterial | undefined;
  readonly expiresAt: number | undefined;
}
