import type { Account, AuthContext, AuthProvider, CredentialDraft, Secret } from "@mcp-router/core/plugin";
import { Oauth2Account } from "./oauth2-account.ts";
import { TokenKeeper } from "./token-keeper.ts";
import type { Oauth2Options } from "./options.ts";

/** Puts an access token into the credential of one endpoint. */
export class Oauth2Provider implements AuthProvider {
  readonly account: Account;
  readonly #context: AuthContext;
  readonly #tokens: TokenKeeper;
  /** The token handed out last, and its wrapping: each token is registered for redaction once. */
  #current: { readonly text: string; readonly secret: Secret } | undefined;

  constructor(options: Oauth2Options, context: AuthContext) {
    this.#context = context;
    this.account = new Oauth2Account(options, context);
    this.#tokens = new TokenKeeper(options, context);
  }

  async authenticate(draft: CredentialDraft): Promise<void> {
    const token = await this.#tokens.get(draft);
    // Without a token the gateway refuses, and tells who gives them.
    if (token === undefined) return;
    const { text, expiresAt } = token;
    if (text !== this.#current?.text) this.#current = { text, secret: this.#context.secret(text) };
    draft.bearer = this.#current.secret;
    draft.expiresAt = expiresAt;
  }
}
