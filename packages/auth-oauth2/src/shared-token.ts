import { uptime } from "node:os";

/** A token as this process holds it. Times are monotonic milliseconds (`performance.now()`). */
export interface HeldToken {
  readonly text: string;
  readonly obtainedAt: number;
  /** Undefined for a token whose end nobody told. */
  readonly expiresAt: number | undefined;
}

/** What routers of one user share about one sign-in. */
export interface SharedEntry {
  readonly token: HeldToken | undefined;
  /** The refresh token that the server handed out last, where it hands out new ones. */
  readonly refreshToken: string | undefined;
}

const VERSION = 1;
/** Milliseconds by which the clock may have been set back before its times mean nothing. */
const SET_BACK_MS = 60_000;

/** The entry as text for a file: times become those of the wall clock and of the machine's uptime. */
export function writeEntry({ token, refreshToken }: SharedEntry): string {
  const ageMs = token === undefined ? 0 : performance.now() - token.obtainedAt;
  return JSON.stringify({
    version: VERSION,
    ...(token === undefined
      ? {}
      : {
          access_token: token.text,
          obtained_at: Date.now() - ageMs,
          obtained_at_uptime: uptime() * 1000 - ageMs,
          ...(token.expiresAt === undefined ? {} : { lifetime_ms: token.expiresAt - token.obtainedAt }),
        }),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
  });
}

/** Reads what {@link writeEntry} wrote. Undefined when it is something else. */
export function readEntry(text: string): SharedEntry | undefined {
  const found = parse(text);
  if (found?.get("version") !== VERSION) return undefined;
  const refreshToken = found.get("refresh_token") ?? undefined;
  if (refreshToken !== undefined && typeof refreshToken !== "string") return undefined;
  const accessToken = found.get("access_token");
  if (accessToken === undefined) return { token: undefined, refreshToken };
  if (typeof accessToken !== "string" || accessToken === "") return undefined;
  const [obtainedAt, obtainedAtUptime] = [found.get("obtained_at"), found.get("obtained_at_uptime")];
  const lifetimeMs = found.get("lifetime_ms");
  if (typeof obtainedAt !== "number" || typeof obtainedAtUptime !== "number") return undefined;
  if (lifetimeMs !== undefined && typeof lifetimeMs !== "number") return undefined;
  return { token: held(accessToken, ageMs(obtainedAt, obtainedAtUptime), lifetimeMs), refreshToken };
}

/**
 * The wall clock can be set, and the uptime begins anew with the machine: the greater age counts, so that a clock that was set
 * back gives no expired token new life. Uptimes come in whole seconds on some systems. Undefined when neither tells.
 */
function ageMs(obtainedAt: number, obtainedAtUptime: number): number | undefined {
  const byUptime = uptime() * 1000 - obtainedAtUptime - 1000;
  const byWall = Date.now() - obtainedAt;
  if (byUptime < -1000 && byWall < -SET_BACK_MS) return undefined;
  return Math.max(byUptime, byWall, 0);
}

function held(text: string, age: number | undefined, lifetimeMs: number | undefined): HeldToken | undefined {
  if (age === undefined) return undefined;
  const obtainedAt = performance.now() - age;
  return { text, obtainedAt, expiresAt: lifetimeMs === undefined ? undefined : obtainedAt + lifetimeMs };
}

function parse(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}
