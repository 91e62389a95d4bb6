import { RouterError } from "../errors/router-error.ts";
import { member } from "../message/json-member.ts";
import type { JsonValue } from "../plugin/json.ts";
import { inWords } from "./in-words.ts";
import type { ProbeFacts } from "./probe-step.ts";

/** A gap between two clocks that nobody needs to hear of. */
const CLOCK_TOLERANCE_S = 10;
const SOON_S = 300;
const LAST_MOMENT_S = 8.64e12;

export interface TokenContext {
  /** Of the gateway. */
  readonly url: URL;
  /** What the configuration asks the token to be for. */
  readonly audiences: readonly string[];
  /** Seconds since 1970. */
  readonly now: number;
}

/** What can be said of a token without saying any of it. */
export interface TokenReport {
  readonly facts: ProbeFacts;
  readonly notes: readonly string[];
  /** Set when no gateway can accept it now. */
  readonly fault: RouterError | undefined;
  /** Seconds it has left; undefined when it does not say. */
  readonly left: number | undefined;
}

/** Reads the claims of a JWT (RFC 7519 §4.1, RFC 9068 §2.2); of any other token only its length is told. Nothing is verified. */
export function reportToken(token: string, context: TokenContext): TokenReport {
  const claims = claimsOf(token);
  if (claims === undefined) {
    const form = token.split(".").length === 5 ? "encrypted JWT" : "opaque";
    return { facts: { form, characters: token.length }, notes: [], fault: undefined, left: undefined };
  }
  const { now } = context;
  const [iat, nbf, exp] = ["iat", "nbf", "exp"].map((name) => momentOf(member(claims, name)));
  const left = exp === undefined ? undefined : Math.round(exp - now);
  const from = iat ?? nbf;
  const facts: { [name: string]: string | number | boolean } = { form: "JWT" };
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== "") facts[name] = value;
  };
  put("iss", textOf(member(claims, "iss")));
  put("aud", textOf(member(claims, "aud")));
  put("sub", textOf(member(claims, "sub")));
  put("scope", textOf(member(claims, "scope") ?? member(claims, "scp")));
  put("issued", dateOf(iat));
  put("not_before", dateOf(nbf));
  put("expires", dateOf(exp));
  if (exp !== undefined && from !== undefined) put("lifetime", inWords(exp - from));
  if (left !== undefined && left > 0) put("left", inWords(left));
  const notes = [
    left !== undefined && left > 0 && left < SOON_S ? `it expires in ${inWords(left)}` : undefined,
    exp === undefined ? "it does not say when it expires (no claim exp)" : undefined,
    iat !== undefined && iat > now + CLOCK_TOLERANCE_S
      ? `it was issued ${inWords(iat - now)} in the future: the clock of this machine, or of the issuer, is wrong`
      : undefined,
    audienceNote(member(claims, "aud"), context),
  ].filter((note) => note !== undefined);
  return { facts, notes, fault: faultOf(exp, nbf, now), left };
}

function faultOf(exp: number | undefined, nbf: number | undefined, now: number): RouterError | undefined {
  if (exp !== undefined && exp <= now) {
    return new RouterError("TOKEN_EXPIRED", `the token expired ${inWords(now - exp)} ago (${dateOf(exp) ?? ""})`, {
      hint: "Put a new token where gateway.auth takes it from, and check the clock of this machine.",
    });
  }
  if (nbf !== undefined && nbf > now + CLOCK_TOLERANCE_S) {
    return new RouterError("TOKEN_NOT_YET_VALID", `the token is not valid for another ${inWords(nbf - now)}`, {
      hint: "Check the clock of this machine, and that of the issuer.",
    });
  }
  return undefined;
}

/** A gateway need not go by its own address, so this is a doubt and no fault. */
function audienceNote(aud: JsonValue | undefined, { url, audiences }: TokenContext): string | undefined {
  const named = (Array.isArray(aud) ? aud : [aud]).filter((each) => typeof each === "string");
  if (named.length === 0) return undefined;
  const fits = (audience: string): boolean => {
    if (audiences.includes(audience) || audience === url.host || audience === url.hostname) return true;
    return URL.canParse(audience) && new URL(audience).hostname === url.hostname;
  };
  if (named.some(fits)) return undefined;
  return `its audience is ${named.join(", ")}, which does not name the host of the gateway (${url.hostname}): the gateway may refuse it; gateway.auth decides the audience`;
}

function claimsOf(token: string): JsonValue | undefined {
  const parts = token.split(".");
  if (parts.length !== 3) return undefined;
  try {
    const [header, claims] = parts
      .slice(0, 2)
      .map((part): JsonValue => JSON.parse(Buffer.from(part, "base64url").toString()));
    return typeof header === "object" && typeof claims === "object" && claims !== null ? claims : undefined;
  } catch {
    // Three parts with dots between them may be anything.
    return undefined;
  }
}

/** A moment in seconds since 1970 that a date can hold. */
function momentOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && Math.abs(value) <= LAST_MOMENT_S ? value : undefined;
}

function textOf(value: JsonValue | undefined): string | undefined {
  if (Array.isArray(value)) return value.filter((each) => typeof each === "string").join(" ");
  return typeof value === "string" ? value : undefined;
}

function dateOf(seconds: number | undefined): string | undefined {
  const date = new Date((seconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace(".000Z", "Z");
}
