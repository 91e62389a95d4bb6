import type { FoundSecret } from "./read-secret.ts";

/** Which refresh token to use: the newest of the chain that began with the configured one (RFC 6749 §6, RFC 9700 §4.14). */
export class RefreshTokens {
  readonly #refused = new Set<string>();
  /** The newest, and the configured one that it goes back to. */
  #newest: { readonly text: string; readonly seed: string } | undefined;

  /**
   * The one to use now. Undefined when it was refused: using it again, or an older one, would only raise an alarm.
   *
   * @param shared What routers of this user have kept, which another one may have renewed.
   */
  next(shared: string | undefined, seed: FoundSecret): FoundSecret | undefined {
    const own = this.#newest?.seed === seed.text ? this.#newest.text : undefined;
    const text = shared ?? own ?? seed.text;
    return this.#refused.has(text) ? undefined : { text, from: seed.from };
  }

  keep(text: string, seed: FoundSecret): void {
    this.#newest = { text, seed: seed.text };
  }

  refuse({ text }: FoundSecret): void {
    this.#refused.add(text);
  }
}
