import { createHash, timingSafeEqual } from "node:crypto";

/** Knows which bearer tokens are good at this moment. */
export class BearerGuard {
  #digests: readonly Buffer[];
  #required: boolean;

  /** @param tokens - none means that no token is asked for, until {@link replace} is called. */
  constructor(tokens: readonly string[]) {
    this.#digests = tokens.map(digest);
    this.#required = tokens.length > 0;
  }

  /** Whether a client must show a token at all. */
  get required(): boolean {
    return this.#required;
  }

  /** From now on these tokens are good, and no others. An empty list locks everyone out. */
  replace(tokens: readonly string[]): void {
    this.#digests = tokens.map(digest);
    this.#required = true;
  }

  /** Whether a raw token (without scheme word) is good. */
  accepts(token: string): boolean {
    if (!this.#required) return true;
    const candidate = digest(token);
    // Every token is compared, in constant time, so that timing tells nothing about which one was near.
    return this.#digests.map((known) => timingSafeEqual(known, candidate)).includes(true);
  }

  /** Whether the value of an `Authorization` header carries a good token. */
  acceptsHeader(authorization: string | undefined): boolean {
    if (!this.#required) return true;
    if (authorization === undefined || authorization.slice(0, 7).toLowerCase() !== "bearer ") return false;
    return this.accepts(authorization.slice(7).trim());
  }
}

/** Digests have one length, which `timingSafeEqual` needs, and keep the tokens themselves out of memory dumps. */
function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
