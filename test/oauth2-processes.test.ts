import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { expect, it, onTestFinished } from "vitest";

import { temporaryDirectory } from "./support/temporary-directory.ts";
import { startTokenEndpoint, type TokenEndpoint } from "./support/token-endpoint.ts";

const SCRIPT = fileURLToPath(new URL("fixtures/take-token.mjs", import.meta.url));

interface Taker {
  readonly child: ChildProcess;
  /** What it printed, when it has ended. */
  readonly token: Promise<string>;
}

/** Starts processes that take a token as a router does, all with one cache. */
async function takers(server: TokenEndpoint, options: object = {}): Promise<() => Taker> {
  const directory = await temporaryDirectory();
  const written = {
    type: "oauth2",
    client_id: "router",
    client_secret_env: "OAUTH_CLIENT_SECRET",
    token_endpoint: server.url,
    grant_type: "client_credentials",
    scopes: [],
    token_cache: true,
    ...options,
  };
  const env = {
    PATH: process.env["PATH"],
    XDG_CACHE_HOME: directory,
    OAUTH_CLIENT_SECRET: "secret",
    REFRESH_TOKEN: "refresh-0",
  };
  return () => {
    const child = spawn(process.execPath, [SCRIPT, JSON.stringify(written)], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    return { child, token: textOf(child) };
  };
}

async function textOf(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  await once(child, "close");
  return text.trim();
}

const issue = (count: number, expiresIn: number, more: object = {}) => ({
  body: { access_token: `token-${count}`, token_type: "Bearer", expires_in: expiresIn, ...more },
});

it("ten processes with an expired token ask for another one once", async () => {
  const server = await startTokenEndpoint((count) => issue(count, count === 1 ? 0.001 : 3600));
  const take = await takers(server);
  expect(await take().token).toBe("token-1");
  const tokens = await Promise.all(Array.from({ length: 10 }, () => take().token));
  expect(tokens).toEqual(Array(10).fill("token-2"));
  expect(server.asked).toHaveLength(2);
});

it("processes whose turn comes after one that was killed ask once more, within ten seconds", async () => {
  const server = await startTokenEndpoint((count) => (count === 1 ? undefined : issue(count, 3600)));
  const take = await takers(server);
  const first = take();
  await server.untilAsked(1);
  const others = Array.from({ length: 4 }, take);
  first.child.kill("SIGKILL");
  const killedAt = performance.now();
  expect(await Promise.all(others.map(({ token }) => token))).toEqual(Array(4).fill("token-2"));
  expect(performance.now() - killedAt).toBeLessThan(10_000);
  expect(server.asked).toHaveLength(2);
});

it("eight processes with one refresh token use each of a chain of them once", async () => {
  const used = new Set<string | null>();
  let reuses = 0;
  const server = await startTokenEndpoint((count, parameters) => {
    const token = parameters.get("refresh_token");
    if (used.has(token)) reuses++;
    used.add(token);
    return token === `refresh-${count - 1}`
      ? issue(count, count < 3 ? 0.001 : 3600, { refresh_token: `refresh-${count}` })
      : { status: 400, body: { error: "invalid_grant" } };
  });
  const take = await takers(server, { grant_type: "refresh_token", refresh_token_env: "REFRESH_TOKEN" });
  // Two tokens that are over at once, then one that lasts: each time another refresh token is the one to use.
  expect(await take().token).toBe("token-1");
  expect(await take().token).toBe("token-2");
  const tokens = await Promise.all(Array.from({ length: 8 }, () => take().token));
  expect(tokens).toEqual(Array(8).fill("token-3"));
  expect([...used]).toEqual(["refresh-0", "refresh-1", "refresh-2"]);
  expect(reuses).toBe(0);
});
