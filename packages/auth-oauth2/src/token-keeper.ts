import { type AuthContext, type CredentialDraft, DialError, escapeForPeople } from "@mcp-router/core/plugin";
import { Attempts } from "./attempts.ts";
import { credentialError } from "./credential-error.ts";
import type { TokenServer } from "./find-server.ts";
import { isAlive, isFit, isYoung, outlives } from "./fitness.ts";
import type { Oauth2Options } from "./options.ts";
import { type FoundSecret, readSecret } from "./read-secret.ts";
import { RefreshTokens } from "./refresh-tokens.ts";
import type { HeldToken, SharedEntry } from "./shared-token.ts";
import { resourceMetadataOf } from "./told-by-challenge.ts";
import type { TokenCache } from "./token-cache.ts";
import { needsPerson, tokenCacheOf } from "./token-identity.ts";
import { FileWatch } from "./watch-files.ts";
import { warnOnce } from "./warn-once.ts";

/** Milliseconds for which a gateway that refuses a new token is not answered with yet another one. */
const REFUSAL_REST_MS = 30_000;
/** How many refused tokens are remembered. */
const REFUSED_KEPT = 16;

const CHECK_TRUST =
  "Check that the gateway trusts this authorization server, and auth.scopes, auth.resource and auth.audience.";

/** In the place of a configured refresh token: what a person's sign-in has left. */
const SIGNED_IN: FoundSecret = { text: "", from: "what `mcp-router auth login` keeps" };

type Ask = Pick<CredentialDraft, "endpoint" | "reason" | "rejected" | "challenge">;

/** Keeps the one token of an endpoint: from memory, from what other routers of this user got, or from the server. */
export class TokenKeeper {
  readonly #options: Oauth2Options;
  readonly #context: AuthContext;
  readonly #attempts = new Attempts();
  readonly #refreshTokens = new RefreshTokens();
  readonly #files: FileWatch;
  readonly #warn: (message: string) => void;
  readonly #refused = new Set<string>();
  #token: HeldToken | undefined;
  /** The token in use was asked for because the gateway had refused the one before. */
  #afterRefusal = false;
  /** The token in use was got in the place of one that was about to end. */
  #renewed = false;
  #pending: Promise<void> | undefined;
  #server: TokenServer | undefined;
  #cache: TokenCache | undefined;
  /** The latest refusal of the gateway that told who gives tokens. */
  #challenge: string | undefined;
  #rest = { until: Number.NEGATIVE_INFINITY, said: "" };
  #saidInUse = false;

  constructor(options: Oauth2Options, context: AuthContext) {
    this.#options = options;
    this.#context = context;
    this.#warn = warnOnce(context.log);
    const written = [options.client_secret_file, options.private_key_file, options.refresh_token_file];
    const paths = written.filter((path) => path !== undefined).map((path) => context.resolvePath(path));
    this.#files = new FileWatch({
      // Where a person signs in, the file that is waited for is the one that this leaves.
      paths: () => (needsPerson(options) && this.#cache !== undefined ? [...paths, this.#cache.path] : paths),
      changed: () => context.changed(),
      signal: context.signal,
    });
  }

  /**
   * A token for the reason that core gives. Undefined as long as only the gateway can tell who gives tokens, and has not yet.
   *
   * @throws DialError `credential`
   */
  async get(ask: Ask): Promise<HeldToken | undefined> {
    if (resourceMetadataOf(ask.challenge) !== undefined) this.#challenge = ask.challenge;
    if (ask.reason === "rejected") {
      // Where the gateway tells who gives tokens, a connection without any may have been refused.
      const refused = ask.rejected?.reveal() ?? (this.#isTold ? undefined : this.#token?.text);
      if (refused !== undefined) this.#refuse(refused, ask.challenge);
    }
    for (;;) {
      const held = this.#token;
      if (held !== undefined && this.#serves(held, ask)) return held;
      if (this.#mustBeTold(ask)) return undefined;
      const joined = this.#pending;
      try {
        await (joined ?? this.#start(ask));
      } catch (cause) {
        return this.#inUse(cause);
      }
      const got = this.#token;
      // Whoever joined asks again when what came is the very token that is no good here.
      if (got === undefined || joined === undefined || !this.#refused.has(got.text)) return got;
    }
  }

  #start(ask: Ask): Promise<void> {
    this.#pending = this.#acquire(ask).finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  #serves(token: HeldToken, { reason }: Ask): boolean {
    if (this.#refused.has(token.text)) return false;
    return reason === "expiry" ? this.#renewed && isYoung(token) : isFit(token);
  }

  /** While no new token can be had, the old one is used to its end. */
  #inUse(cause: unknown): HeldToken {
    const token = this.#token;
    if (token === undefined || this.#refused.has(token.text) || !isAlive(token)) throw cause;
    if (!this.#saidInUse) this.#context.log.warn(`${messageOf(cause)} The token in use is good for now.`);
    this.#saidInUse = true;
    return token;
  }

  #refuse(text: string, challenge: string | undefined): void {
    this.#refused.add(text);
    const [oldest] = this.#refused;
    if (this.#refused.size > REFUSED_KEPT && oldest !== undefined) this.#refused.delete(oldest);
    const token = this.#token;
    if (token?.text !== text || !this.#afterRefusal) return;
    const lifeMs = (token.expiresAt ?? Number.POSITIVE_INFINITY) - token.obtainedAt;
    const said = challenge === undefined ? "" : ` It says: ${escapeForPeople(challenge, 200)}.`;
    this.#rest = { until: token.obtainedAt + Math.min(REFUSAL_REST_MS, lifeMs / 2), said };
  }

  /** A gateway that refuses every token would have one asked for with each message. @throws DialError */
  #checkRest(): void {
    const waitMs = this.#rest.until - performance.now();
    if (waitMs <= 0) return;
    const from = this.#server?.place ?? "the authorization server";
    throw credentialError(`The gateway refuses the token that ${from} has just given.${this.#rest.said}`, {
      hint: CHECK_TRUST,
      retryAfterMs: Math.ceil(waitMs),
    });
  }

  /** Whether only the gateway can tell who gives tokens. */
  get #isTold(): boolean {
    const { token_endpoint: tokenEndpoint, issuer } = this.#options;
    return tokenEndpoint === undefined && issuer === undefined;
  }

  #mustBeTold({ reason }: Ask): boolean {
    return this.#isTold && this.#challenge === undefined && reason !== "rejected";
  }

  async #acquire(ask: Ask): Promise<void> {
    if (await this.#files.hasChanged()) this.#attempts.reset();
    await this.#files.remember();
    try {
      const seed = await this.#seed();
      const cache = await this.#cacheFor(ask, seed);
      if (seed === SIGNED_IN) await this.#files.remember();
      if (this.#takes(await cache.read(), ask)) return;
      this.#checkRest();
      this.#attempts.check();
      await cache.locked(this.#context.signal, async () => {
        const entry = await cache.read();
        if (!this.#takes(entry, ask)) await this.#request(ask, cache, entry?.refreshToken, seed);
      });
    } catch (cause) {
      // What is wrong may be in a file: who mends it need not wait.
      if (DialError.is(cause) && cause.permanent) this.#files.start();
      throw cause;
    }
  }

  /** The refresh token of the configuration, with that grant. */
  async #seed(): Promise<FoundSecret | undefined> {
    const { grant_type: grantType, refresh_token_env: variable, refresh_token_file: file } = this.#options;
    if (needsPerson(this.#options)) return SIGNED_IN;
    if (grantType !== "refresh_token") return undefined;
    const seed = await readSecret({ key: "refresh_token", variable, file }, this.#context, this.#warn);
    if (seed !== undefined) return seed;
    throw credentialError("auth.grant_type refresh_token needs a refresh token, and there is none.", {
      hint: "Set auth.refresh_token_env or auth.refresh_token_file.",
    });
  }

  async #cacheFor(ask: Ask, seed: FoundSecret | undefined): Promise<TokenCache> {
    const { token_endpoint: tokenEndpoint, issuer } = this.#options;
    const server = tokenEndpoint ?? issuer ?? (await this.#find(ask)).identity;
    const identity = { server, resource: this.#server?.resource, seed: seed?.text };
    const cache = tokenCacheOf(this.#options, identity, this.#context, this.#warn);
    return (this.#cache = this.#cache?.isSame(cache) === true ? this.#cache : cache);
  }

  async #find({ endpoint }: Ask): Promise<TokenServer> {
    if (this.#server !== undefined) return this.#server;
    this.#attempts.check();
    const { findServer } = await import("./sign-in.ts");
    const find = { options: this.#options, endpoint, context: this.#context, challenge: this.#challenge };
    try {
      return (this.#server = await findServer(find));
    } catch (cause) {
      const failure = DialError.is(cause) ? cause : credentialError(messageOf(cause), { permanent: false, cause });
      throw this.#failed(failure, false);
    }
  }

  /** Takes a token that another router got, when it is of use. */
  #takes(entry: SharedEntry | undefined, { reason }: Ask): boolean {
    const token = entry?.token;
    if (token === undefined || this.#refused.has(token.text) || !isFit(token)) return false;
    const own = this.#token;
    if (reason === "expiry" && own !== undefined && (own.text === token.text || !outlives(token, own))) return false;
    this.#hold(token, { renewed: reason === "expiry", afterRefusal: false });
    this.#context.log.debug({ from: "another router of this user" }, "access token");
    return true;
  }

  #hold(
    token: HeldToken,
    { renewed, afterRefusal }: { readonly renewed: boolean; readonly afterRefusal: boolean },
  ): void {
    this.#token = token;
    this.#renewed = renewed;
    this.#afterRefusal = afterRefusal;
    this.#saidInUse = false;
    this.#attempts.reset();
  }

  async #request(
    ask: Ask,
    cache: TokenCache,
    shared: string | undefined,
    seed: FoundSecret | undefined,
  ): Promise<void> {
    const server = await this.#find(ask);
    const refreshToken = seed === undefined ? undefined : this.#refreshTokens.next(shared, seed);
    if (seed === SIGNED_IN && (refreshToken === undefined || refreshToken.text === "")) throw nobodySignedIn(server);
    if (seed !== undefined && refreshToken === undefined)
      throw this.#failed(this.#attempts.lastError ?? usedUp(seed), true);
    const { requestToken } = await import("./sign-in.ts");
    const { log } = this.#context;
    const obtainedAt = performance.now();
    const answer = await requestToken({
      options: this.#options,
      context: this.#context,
      server,
      refreshToken,
      warn: this.#warn,
    });
    if ("failure" in answer) {
      if (answer.refused === "invalid_grant" && refreshToken !== undefined) this.#refreshTokens.refuse(refreshToken);
      throw this.#failed(answer.failure, answer.final);
    }
    const { text, lifetimeMs } = answer.issued;
    const token = { text, obtainedAt, expiresAt: lifetimeMs === undefined ? undefined : obtainedAt + lifetimeMs };
    const again = this.#refused.has(text);
    // A server that gives no new refresh token means the old one to be used on (RFC 6749 §6).
    const next = refreshToken === undefined ? undefined : (answer.issued.refreshToken ?? refreshToken.text);
    if (seed !== undefined && next !== undefined) {
      this.#context.secret(next);
      this.#refreshTokens.keep(next, seed);
    }
    await cache.write({ token: again ? undefined : token, refreshToken: next });
    if (again) throw this.#failed(sameAgain(server), false);
    log.debug({ from: server.place, lifetimeMs }, "access token");
    const before = this.#token;
    const afterRefusal = before !== undefined && this.#refused.has(before.text);
    this.#hold(token, { renewed: ask.reason === "expiry", afterRefusal });
  }

  /** Remembers a failure. The server is looked for anew the next time. */
  #failed(error: DialError, final: boolean): DialError {
    this.#server = undefined;
    this.#attempts.failed(error, final);
    return error;
  }
}

function sameAgain({ place }: TokenServer): DialError {
  return credentialError(`${place} gives the very token again that the gateway refused.`, {
    hint: CHECK_TRUST,
  });
}

function nobodySignedIn({ place }: TokenServer): DialError {
  return credentialError(`Nobody is signed in at ${place}, or it was too long ago.`, {
    hint: "Run mcp-router auth login; the router goes on by itself then.",
  });
}

function usedUp({ from }: FoundSecret): DialError {
  return credentialError("The refresh token was refused before.", { hint: `Put a new one into ${from}.` });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
