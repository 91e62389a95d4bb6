import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import type * as files from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { readEntry, writeEntry } from "./shared-token.ts";
import { TokenCache } from "./token-cache.ts";
import { tokenFolder } from "./token-folder.ts";

const opening = vi.hoisted((): { fails: Error | undefined } => ({ fails: undefined }));
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof files>();
  const open: typeof files.open = async (...given) => {
    if (opening.fails !== undefined) throw opening.fails;
    return await real.open(...given);
  };
  return { ...real, open };
});

const POSIX = process.platform !== "win32";
const { signal } = new AbortController();

function cacheIn(folder: string, identity: readonly string[] = ["issuer", "client"]) {
  const warnings: string[] = [];
  return { warnings, cache: new TokenCache({ folder, identity, warn: (message) => warnings.push(message) }) };
}

function entry(text = "token-canary") {
  const now = performance.now();
  return { token: { text, obtainedAt: now - 1000, expiresAt: now + 60_000 }, refreshToken: "refresh-canary" };
}

const jsonFileIn = (folder: string): string =>
  join(folder, readdirSync(folder).find((name) => name.endsWith(".json")) ?? "none");

describe("the cache of tokens", () => {
  it("gives other routers what was written last", async () => {
    const folder = join(temporaryFolder(), "mcp-router", "tokens");
    const written = entry();
    await cacheIn(folder).cache.write(entry("older"));
    await cacheIn(folder).cache.write(written);
    const { cache, warnings } = cacheIn(folder);
    const read = await cache.read();
    expect(read?.refreshToken).toBe("refresh-canary");
    expect(read?.token?.text).toBe("token-canary");
    expect(Math.abs((read?.token?.expiresAt ?? 0) - written.token.expiresAt)).toBeLessThan(2000);
    expect(warnings).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("keeps sign-ins apart", async () => {
    const folder = temporaryFolder();
    await cacheIn(folder, ["issuer", "client"]).cache.write(entry());
    expect(await cacheIn(folder, ["issuer", "clien", "t"]).cache.read()).toBeUndefined();
  });

  it.skipIf(!POSIX)("is for its owner alone, whatever the umask says", async () => {
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const folder = join(temporaryFolder(), "cache", "mcp-router", "tokens");
    const { cache } = cacheIn(folder);
    await cache.write(entry());
    let lockMode = 0;
    await cache.locked(signal, async () => {
      lockMode = lstatSync(`${jsonFileIn(folder)}.lock`).mode & 0o777;
    });
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
    expect(lstatSync(jsonFileIn(folder)).mode & 0o777).toBe(0o600);
    expect(lockMode).toBe(0o600);
  });

  it.skipIf(!POSIX)("closes a folder that others can enter", async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o777);
    await cacheIn(folder).cache.write(entry());
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
  });

  it.each([
    ["cut short", (text: string) => text.slice(0, 40)],
    ["empty", () => ""],
    ["of another version", (text: string) => text.replace('"version":1', '"version":2')],
    ["of other types", (text: string) => text.replace(/"access_token":"[^"]*"/, '"access_token":7')],
    ["no object", () => "[]"],
    ["null", () => "null"],
    ["far too long", () => "x".repeat(100_000)],
  ])("sets a file aside that is %s, with one warning", async (_what, spoil) => {
    const folder = temporaryFolder();
    await cacheIn(folder).cache.write(entry());
    const path = jsonFileIn(folder);
    const spoiled = spoil(readFileSync(path, "utf8"));
    writeFileSync(path, spoiled);
    const { cache, warnings } = cacheIn(folder);
    expect(await cache.read()).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining(`${path}.broken`)]);
    expect(warnings.join()).not.toContain("canary");
    expect(readFileSync(`${path}.broken`, "utf8")).toBe(spoiled);
    expect(await cache.read()).toBeUndefined();
    expect(warnings).toHaveLength(1);
    await cache.write(entry());
    expect((await cache.read())?.token?.text).toBe("token-canary");
  });

  it.skipIf(!POSIX).each<readonly [string, (path: string, folder: string) => void]>([
    [
      "a symbolic link",
      (path, folder) => {
        const { renameSync } = process.getBuiltinModule("node:fs");
        renameSync(path, join(folder, "elsewhere"));
        symlinkSync(join(folder, "elsewhere"), path);
      },
    ],
    ["open to others", (path) => chmodSync(path, 0o644)],
  ])("does not trust a file that is %s", async (_what, spoil) => {
    const folder = temporaryFolder();
    await cacheIn(folder).cache.write(entry());
    spoil(jsonFileIn(folder), folder);
    const { cache, warnings } = cacheIn(folder);
    expect(await cache.read()).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });

  it.skipIf(!POSIX)("does without a folder that is a symbolic link, with one warning", async () => {
    const parent = temporaryFolder();
    mkdirSync(join(parent, "elsewhere"));
    symlinkSync(join(parent, "elsewhere"), join(parent, "tokens"));
    const { cache, warnings } = cacheIn(join(parent, "tokens"));
    expect(await cache.locked(signal, async () => "done")).toBe("done");
    await cache.write(entry());
    expect(readdirSync(join(parent, "elsewhere"))).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("auth.token_cache");
  });

  it.skipIf(!POSIX)("leaves a file where it is that cannot be read for now", async () => {
    const folder = temporaryFolder();
    await cacheIn(folder).cache.write(entry());
    const { cache, warnings } = cacheIn(folder);
    // As many files are open as this process may have.
    opening.fails = Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });
    onTestFinished(() => void (opening.fails = undefined));
    expect(await cache.read()).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining("EMFILE")]);
    opening.fails = undefined;
    expect((await cache.read())?.refreshToken).toBe("refresh-canary");
  });

  it("forgets what it has set aside too", async () => {
    const folder = temporaryFolder();
    await cacheIn(folder).cache.write(entry());
    writeFileSync(jsonFileIn(folder), `${readFileSync(jsonFileIn(folder), "utf8")} refresh-canary`);
    const { cache } = cacheIn(folder);
    await cache.read();
    await cache.clear();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("does without a folder that cannot be made", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const { cache, warnings } = cacheIn(join(file, "tokens"));
    expect(await cache.read()).toBeUndefined();
    expect(await cache.locked(signal, async () => "done")).toBe("done");
    await cache.write(entry());
    expect(warnings).toEqual([expect.stringContaining("auth.token_cache")]);
  });

  it("is in the user's folder for caches", () => {
    expect(tokenFolder({ XDG_CACHE_HOME: "/caches", HOME: "/home/me" })).toBe("/caches/mcp-router/tokens");
    expect(tokenFolder({ XDG_CACHE_HOME: "relative", HOME: "/home/me" })).toBe("/home/me/.cache/mcp-router/tokens");
  });
});

describe("the age of a shared token", () => {
  function leftMs(text: string): number | undefined {
    const token = readEntry(text)?.token;
    return token?.expiresAt === undefined ? undefined : token.expiresAt - performance.now();
  }

  function clockMovedBy(ms: number): void {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
    onTestFinished(() => {
      vi.useRealTimers();
    });
  }

  it("is by the clock when that was set forward", () => {
    const text = writeEntry(entry());
    clockMovedBy(50_000);
    expect(leftMs(text)).toBeLessThan(12_000);
  });

  it("is by the machine's uptime when the clock was set back", () => {
    const written = JSON.parse(writeEntry(entry()));
    const aged = { ...written, obtained_at_uptime: uptime() * 1000 - 50_000 };
    clockMovedBy(-3_600_000);
    expect(leftMs(JSON.stringify(aged))).toBeLessThan(12_100);
  });

  it("is unknown after a restart with the clock set back, so that the token is not used", () => {
    const written = JSON.parse(writeEntry(entry()));
    const rebooted = { ...written, obtained_at_uptime: uptime() * 1000 + 1_000_000 };
    clockMovedBy(-3_600_000);
    expect(readEntry(JSON.stringify(rebooted))).toMatchObject({ token: undefined, refreshToken: "refresh-canary" });
  });

  it("does not matter for a token without an end", () => {
    const text = writeEntry({ token: { text: "t", obtainedAt: 0, expiresAt: undefined }, refreshToken: undefined });
    expect(readEntry(text)?.token).toMatchObject({ text: "t", expiresAt: undefined });
  });
});
