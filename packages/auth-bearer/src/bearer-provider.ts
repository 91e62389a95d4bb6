import {
  type AuthContext,
  type AuthProvider,
  type CredentialDraft,
  DialError,
  type Secret,
} from "@mcp-router/core/plugin";
import type { TokenSource } from "./token-source.ts";

/** Puts the token of one source into the credential of one endpoint. */
export class BearerProvider implements AuthProvider {
  readonly #source: TokenSource;
  readonly #context: AuthContext;
  /** The token handed out last, and its wrapping: each token is registered for redaction once. */
  #current: { readonly token: string; readonly secret: Secret } | undefined;

  constructor(source: TokenSource, context: AuthContext) {
    this.#source = source;
    this.#context = context;
  }

  async authenticate(draft: CredentialDraft): Promise<void> {
    const rejected = draft.rejected?.reveal();
    const token = await this.#source.read(draft.reason, rejected);
    const refused = rejected ?? this.#current?.token;
    if (token !== this.#current?.token) this.#current = { token, secret: this.#context.secret(token) };
    if (draft.reason === "rejected" && token === refused) {
      throw new DialError(
        "credential",
        `The gateway rejected the token in ${this.#source.name}, and there is no other.`,
        {
          hint: this.#source.renewal,
          phase: "auth",
        },
      );
    }
    draft.bearer = this.#current.secret;
    draft.expiresAt = this.#source.expiresAt;
  }
}
