import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Secret } from "@mcp-router/core/plugin";
import { describe, expect, it } from "vitest";
import { BearerProvider } from "./bearer-provider.ts";
import { CommandToken } from "./command-token.ts";
import { failureOf } from "./fixtures/failure-of.ts";
import { jsonWebToken } from "./fixtures/json-web-token.ts";
import { draftFor, recordingContext } from "./fixtures/recording-context.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import plugin from "./index.ts";

interface Settings {
  readonly ttlMs?: number;
  readonly timeoutMs?: number;
  readonly env?: { readonly [name: string]: string };
}

/** A source whose program is this JavaScript, in a folder of its own. `count()` gives how often it has run. */
function sourceOf(script: string, { ttlMs, timeoutMs, env = {} }: Settings = {}) {
  const folder = temporaryFolder();
  const count = 'require("fs").appendFileSync("runs", "x");';
  const context = { ...recordingContext(env), resolvePath: (path: string) => resolve(folder, path) };
  const command = [process.execPath, "-e", `${count}${script}`, "an argument; with $signs"];
  const source = new CommandToken({ command, ttlMs, ...(timeoutMs === undefined ? {} : { timeoutMs }) }, context);
  return { source, context, folder, count: () => readFileSync(join(folder, "runs")).length };
}

const PRINT_RUNS = 'console.log("token-" + require("fs").readFileSync("runs").length)';

describe("token_command", () => {
  it("gives what the program prints, and runs it again when the token was rejected or is about to end", async () => {
    const { source, count } = sourceOf(PRINT_RUNS);
    expect(await source.read("dial")).toBe("token-1");
    expect(await source.read("dial")).toBe("token-1");
    expect(await source.read("changed")).toBe("token-1");
    expect(await source.read("rejected")).toBe("token-2");
    expect(await source.read("dial")).toBe("token-2");
    expect(await source.read("expiry")).toBe("token-3");
    expect(count()).toBe(3);
    expect(source.expiresAt).toBeUndefined();
  });

  it("runs without a shell, where the configuration is, with the router's environment and nothing to read", async () => {
    const script = `process.stdin.on("data", () => {}).on("end", () => {
      const seen = { argument: process.argv[1], directory: process.cwd(), team: process.env.TEAM };
      require("fs").writeFileSync("seen", JSON.stringify(seen));
      console.log("token-1");
    })`;
    const { source, folder } = sourceOf(script, { env: { TEAM: "blue" } });
    expect(await source.read("dial")).toBe("token-1");
    const seen: unknown = JSON.parse(readFileSync(join(folder, "seen"), "utf8"));
    expect(seen).toEqual({ argument: "an argument; with $signs", directory: folder, team: "blue" });
  });

  it.skipIf(process.platform === "win32")("finds a program by its path from the configuration", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "print-token"), "#!/bin/sh\necho token-of-the-script\n", { mode: 0o700 });
    const context = { ...recordingContext(), resolvePath: (path: string) => resolve(folder, path) };
    const options = { type: "bearer", token_command: ["./print-token"] } as const;
    const draft = draftFor("dial");
    await plugin.contributes?.auth?.["bearer"]?.create?.(options, context).authenticate(draft);
    expect(draft.bearer?.reveal()).toBe("token-of-the-script");
    expect(context.secrets).toEqual(["token-of-the-script"]);
  });

  it("runs once for all who ask meanwhile", async () => {
    const { source, count } = sourceOf(PRINT_RUNS);
    expect(await Promise.all([source.read("dial"), source.read("dial"), source.read("rejected")])).toEqual([
      "token-1",
      "token-1",
      "token-1",
    ]);
    expect(count()).toBe(1);
  });

  it("says when the token ends: by its own word, or by token_command_ttl_seconds, whichever is sooner", async () => {
    const token = jsonWebToken(3_600_000);
    const left = async (settings: Settings): Promise<number> => {
      const { source, context } = sourceOf(`console.log(${JSON.stringify(token)})`, settings);
      const draft = draftFor("dial");
      await new BearerProvider(source, context).authenticate(draft);
      return Math.round(((draft.expiresAt ?? 0) - performance.now()) / 60_000);
    };
    expect([await left({}), await left({ ttlMs: 1_200_000 }), await left({ ttlMs: 7_200_000 })]).toEqual([60, 20, 60]);
  });

  it("runs for a dial when the token has ended", async () => {
    const { source } = sourceOf(PRINT_RUNS, { ttlMs: 0.001 });
    expect([await source.read("dial"), await source.read("dial")]).toEqual(["token-1", "token-2"]);
  });

  it("that prints the rejected token again is an error that names it", async () => {
    const { source, context } = sourceOf('console.log("always-the-same")');
    const provider = new BearerProvider(source, context);
    await provider.authenticate(draftFor("dial"));
    const error = await failureOf(() => provider.authenticate(draftFor("rejected")));
    expect(error.message).toContain("rejected the token in the output of");
    expect(error.message).not.toContain("always-the-same");
  });

  it.each([
    ["fails", 'console.error("first"); console.error("not \\u001b[31mlogged in"); process.exit(3)', "exit code 3"],
    ["is killed", 'process.kill(process.pid, "SIGTERM")', "ended by SIGTERM"],
    ["prints nothing", 'console.log("")', "is empty"],
    ["prints two lines", 'console.log("secret-1\\nsecret-2")', "is a line break"],
    ["prints without end", 'for (;;) require("fs").writeSync(1, "x".repeat(60000))', "more than a token can be"],
  ])("that %s is an error that says so", async (_how, script, says) => {
    const { source } = sourceOf(script);
    const error = await failureOf(() => source.read("dial"));
    expect(error).toMatchObject({ reason: "credential", permanent: true, hint: expect.stringMatching(/\w/) });
    expect(error.message).toContain("gateway.auth.token_command");
    expect(error.message).toContain(says);
    for (const hidden of ["secret", "\u001b", "first"]) expect(error.message).not.toContain(hidden);
  });

  it("shows the last line of what a failing program has said, and logs the rest for debugging", async () => {
    const { source, context } = sourceOf('console.error("first"); console.error("log in first"); process.exit(1)');
    expect((await failureOf(() => source.read("dial"))).message).toContain("it said “log in first”");
    expect(context.debugged).toEqual(["token_command: first", "token_command: log in first"]);
  });

  it("keeps what it has printed, and its arguments, out of the log and the error when it fails", async () => {
    const script = 'console.log("token-canary"); console.error("+ echo token-canary"); process.exit(1)';
    const { source, context } = sourceOf(script);
    const error = await failureOf(() => source.read("dial"));
    // By value: whoever shows the error or the log takes it out.
    expect(context.secrets).toEqual(["token-canary"]);
    expect(String(error.cause)).not.toContain("an argument");
  });

  it("is a secret before anything that the program has said is logged", async () => {
    const known: boolean[] = [];
    const context = recordingContext();
    const log = { ...context.log, debug: () => void known.push(context.secrets.includes("token-canary")) };
    const command = [process.execPath, "-e", 'console.log("token-canary"); console.error("+ echo token-canary")'];
    await new CommandToken({ command, ttlMs: undefined }, { ...context, log }).read("dial");
    expect(known).toEqual([true]);
  });

  it("does not run again for the connections that still had the token before", async () => {
    const { source, context, count } = sourceOf(PRINT_RUNS);
    const provider = new BearerProvider(source, context);
    const rejected = async (token: string) => {
      const draft = { ...draftFor("rejected"), rejected: new Secret(token) };
      await provider.authenticate(draft);
      return draft.bearer?.reveal();
    };
    await provider.authenticate(draftFor("dial"));
    expect([await rejected("token-1"), await rejected("token-1"), await rejected("token-1")]).toEqual([
      "token-2",
      "token-2",
      "token-2",
    ]);
    expect(await rejected("token-2")).toBe("token-3");
    expect(count()).toBe(3);
  });

  it("that does not end is killed", async () => {
    const { source } = sourceOf("setInterval(() => {}, 1000)", { timeoutMs: 200 });
    expect((await failureOf(() => source.read("dial"))).message).toContain("did not end within 0.2 s and was killed");
  });

  it("that is not there is an error that says how to write it", async () => {
    const context = recordingContext();
    const source = new CommandToken({ command: ["no-such-program-here", "x"], ttlMs: undefined }, context);
    const error = await failureOf(() => source.read("dial"));
    expect(error.message).toBe("The program no-such-program-here (gateway.auth.token_command) was not found.");
    expect(error.hint).toContain("No shell is used");
  });

  it("ends with the provider", async () => {
    const { source, context } = sourceOf("setInterval(() => {}, 1000)");
    const failing = failureOf(() => source.read("dial"));
    context.end();
    expect((await failing).reason).toBe("credential");
  });
});

describe("a token file", () => {
  it("with a JWT says when it ends, so that the file is read again before", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "token"), jsonWebToken(600_000), { mode: 0o600 });
    const context = { ...recordingContext(), resolvePath: (path: string) => resolve(folder, path) };
    const draft = draftFor("dial");
    await plugin.contributes?.auth?.["bearer"]
      ?.create?.({ type: "bearer", token_file: "token" }, context)
      .authenticate(draft);
    expect(Math.round(((draft.expiresAt ?? 0) - performance.now()) / 60_000)).toBe(10);
  });
});

it("a JWT in the environment is not asked for again: it cannot change", async () => {
  const draft = draftFor("dial");
  const options = { type: "bearer", token_env: "T" } as const;
  const context = recordingContext({ T: jsonWebToken(600_000) });
  await plugin.contributes?.auth?.["bearer"]?.create?.(options, context).authenticate(draft);
  expect(draft.expiresAt).toBeUndefined();
});
