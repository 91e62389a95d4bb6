import type { Account, AccountStatus, AuthContext, LoginPerson } from "@mcp-router/core/plugin";
import { credentialError } from "./credential-error.ts";
import { isAlive } from "./fitness.ts";
import type { Oauth2Options } from "./options.ts";
import type { TokenCache } from "./token-cache.ts";
import { needsPerson, tokenCacheOf } from "./token-identity.ts";
import { warnOnce } from "./warn-once.ts";

/** Signs a person in at an authorization server, and keeps the tokens for the routers of this user. */
export class Oauth2Account implements Account {
  readonly #options: Oauth2Options;
  readonly #context: AuthContext;

  constructor(options: Oauth2Options, context: AuthContext) {
    this.#options = options;
    this.#context = context;
  }

  async login(person: LoginPerson): Promise<void> {
    const { grant_type: grantType, token_cache: kept } = this.#options;
    if (!needsPerson(this.#options)) {
      throw credentialError(`auth.grant_type ${grantType} needs nobody to sign in.`, {
        hint: "authorization_code and device_code do.",
      });
    }
    if (!kept) {
      throw credentialError("With auth.token_cache false nothing would be kept of the sign-in.", {
        hint: "Remove that key.",
      });
    }
    const cache = this.#cache;
    const context = this.#context;
    const { findServer, loginInBrowser, loginOnOtherDevice } = await import("./sign-in.ts");
    const { endpoint } = context;
    const server = await findServer({ options: this.#options, endpoint, context, challenge: undefined });
    const login = grantType === "device_code" ? loginOnOtherDevice : loginInBrowser;
    const warn = warnOnce(context.log);
    const { text, lifetimeMs, refreshToken } = await login({ options: this.#options, context, server, person, warn });
    context.secret(text);
    if (refreshToken !== undefined) context.secret(refreshToken);
    const obtainedAt = performance.now();
    const expiresAt = lifetimeMs === undefined ? undefined : obtainedAt + lifetimeMs;
    await cache.locked(person.signal, async () => {
      await cache.write({ token: { text, obtainedAt, expiresAt }, refreshToken });
    });
  }

  async logout(): Promise<boolean> {
    return await this.#cache.clear();
  }

  async status(): Promise<AccountStatus> {
    const entry = await this.#cache.read();
    const token = entry?.token;
    const alive = token !== undefined && isAlive(token);
    const goodForMs = alive ? (token.expiresAt ?? Number.POSITIVE_INFINITY) - performance.now() : undefined;
    return { goodForMs, renewable: entry?.refreshToken !== undefined };
  }

  get #cache(): TokenCache {
    const { token_endpoint: tokenEndpoint, issuer } = this.#options;
    const server = tokenEndpoint ?? issuer;
    if (server !== undefined) {
      const identity = { server, resource: undefined, seed: undefined };
      return tokenCacheOf(this.#options, identity, this.#context, warnOnce(this.#context.log));
    }
    throw credentialError("Nothing says where to sign in.", { hint: "Set auth.issuer." });
  }
}
