import type { CredentialDraft } from "./credential.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Logger } from "./logger.ts";
import type { ProxyFor } from "./proxy.ts";
import type { Secret } from "./secret.ts";

/** Fills in the credential of one endpoint. Created for each endpoint whose `auth.type` names its slot. */
export interface AuthProvider {
  /**
   * Adds its part to the draft. Called before a dial, before expiry, when the gateway rejected what it had, and after
   * {@link AuthContext.changed}.
   *
   * @throws DialError with reason `credential` when no credential can be had.
   */
  authenticate(draft: CredentialDraft): void | Promise<void>;
  /** What `mcp-router auth` works on; undefined for a provider that keeps nothing. */
  readonly account?: Account;
}

/** A sign-in that is kept from one run of the router to the next. */
export interface Account {
  /**
   * Signs a person in, and keeps what comes of it.
   *
   * @throws DialError `credential`; the reason of the person's signal.
   */
  login(person: LoginPerson): Promise<void>;
  /** Forgets what is kept. False when there was nothing. */
  logout(): Promise<boolean>;
  status(): Promise<AccountStatus>;
}

/** Whoever signs in. */
export interface LoginPerson {
  /** Says one line: an address to open, a code to type in. */
  show(line: string): void;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

export interface AccountStatus {
  /** Milliseconds for which the kept token is good; undefined when there is none, infinity when nobody told. */
  readonly goodForMs: number | undefined;
  /** Whether another one can be had without a person. */
  readonly renewable: boolean;
}

export interface AuthContext {
  readonly endpoint: Endpoint;
  readonly log: Logger;
  readonly env: { readonly [name: string]: string | undefined };
  /** Aborted when the provider is no longer used; timers and watchers end with it. */
  readonly signal: AbortSignal;
  /** Registers a secret for redaction by value and wraps it. */
  secret(text: string): Secret;
  /** Which proxy a request of the provider's own goes through, such as one to a token endpoint. */
  readonly proxyFor: ProxyFor;
  /** Resolves a path of the configuration against the file that wrote it. */
  resolvePath(path: string): string;
  /** Says that the credential is another one now; core asks for it and uses it from the next message on. */
  changed(): void;
}
