import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { draftFor, recordingContext } from "./fixtures/recording-context.ts";
import { failureOf } from "./fixtures/failure-of.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import plugin from "./index.ts";

interface Options {
  readonly token_env?: string;
  readonly token_file?: string;
  readonly token?: string;
}

function provider(options: Options, context = recordingContext()) {
  const created = plugin.contributes?.auth?.["bearer"]?.create?.({ type: "bearer", ...options }, context);
  if (created === undefined) throw new Error("the plugin contributes no bearer provider");
  return created;
}

describe("token_env", () => {
  it("gives the value of the variable as a registered secret", async () => {
    const context = recordingContext({ MCP_AUTH_TOKEN: "token-1" });
    const draft = draftFor("dial");
    await provider({ token_env: "MCP_AUTH_TOKEN" }, context).authenticate(draft);
    expect(draft.bearer?.reveal()).toBe("token-1");
    expect(String(draft.bearer)).toBe("[redacted]");
    expect(context.secrets).toEqual(["token-1"]);
    expect(context.warnings).toEqual([]);
  });

  it("registers a token that stays the same once", async () => {
    const context = recordingContext({ T: "token-1" });
    const bearer = provider({ token_env: "T" }, context);
    for (const reason of ["dial", "dial", "expiry"] as const) await bearer.authenticate(draftFor(reason));
    expect(context.secrets).toEqual(["token-1"]);
  });

  it.each([
    ["not set", {}],
    ["empty", { MCP_AUTH_TOKEN: "" }],
  ])("that is %s is an error that names the variable and the way to set it", async (state, env) => {
    const bearer = provider({ token_env: "MCP_AUTH_TOKEN" }, recordingContext(env));
    const error = await failureOf(() => bearer.authenticate(draftFor("dial")));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain("MCP_AUTH_TOKEN");
    expect(error.message).toContain(state);
    expect(error.hint).toContain("claude mcp add -e MCP_AUTH_TOKEN=");
  });

  it("with a line break is refused without showing the token", async () => {
    const bearer = provider({ token_env: "T" }, recordingContext({ T: "secret\r\nX-Evil: 1" }));
    const error = await failureOf(() => bearer.authenticate(draftFor("dial")));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain("environment variable T");
    expect(error.message).not.toContain("secret");
  });

  it("warns once of a scheme word", async () => {
    const context = recordingContext({ T: "Bearer token-1" });
    const bearer = provider({ token_env: "T" }, context);
    const draft = draftFor("dial");
    for (let count = 0; count < 3; count++) await bearer.authenticate(draft);
    expect(draft.bearer?.reveal()).toBe("token-1");
    expect(context.warnings).toHaveLength(1);
  });

  it("that was rejected is not handed out again, but a later dial may try it", async () => {
    const bearer = provider({ token_env: "T" }, recordingContext({ T: "token-1" }));
    await bearer.authenticate(draftFor("dial"));
    const error = await failureOf(() => bearer.authenticate(draftFor("rejected")));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain("rejected the token in the environment variable T");
    expect(error.hint).toContain("start the router again");
    const draft = draftFor("dial");
    await bearer.authenticate(draft);
    expect(draft.bearer?.reveal()).toBe("token-1");
  });
});

describe("token", () => {
  it("is used, with one warning that does not show it", async () => {
    const context = recordingContext();
    const bearer = provider({ token: "token-1" }, context);
    const draft = draftFor("dial");
    await bearer.authenticate(draft);
    await bearer.authenticate(draft);
    expect(draft.bearer?.reveal()).toBe("token-1");
    expect(context.warnings).toEqual([expect.stringContaining("outside the configuration")]);
    expect(context.warnings.join()).not.toContain("token-1");
  });
});

describe("token_file", () => {
  it("is found where the configuration says, and given to the draft", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "token"), "token-1\n", { mode: 0o600 });
    const context = { ...recordingContext(), resolvePath: (path: string) => join(folder, path) };
    const draft = draftFor("dial");
    await provider({ token_file: "token" }, context).authenticate(draft);
    expect(draft.bearer?.reveal()).toBe("token-1");
  });

  it("is read again after a rejection", async () => {
    const path = join(temporaryFolder(), "token");
    writeFileSync(path, "token-1", { mode: 0o600 });
    const context = recordingContext();
    const bearer = provider({ token_file: path }, context);
    const draft = draftFor("dial");
    await bearer.authenticate(draft);
    expect((await failureOf(() => bearer.authenticate(draftFor("rejected")))).message).toContain(path);
    writeFileSync(path, "token-2");
    const next = draftFor("rejected");
    await bearer.authenticate(next);
    expect(next.bearer?.reveal()).toBe("token-2");
    expect(context.secrets).toEqual(["token-1", "token-2"]);
  });
});

describe("the options", () => {
  it.each([
    ["none", {}, "there is none"],
    ["two", { token: "a", token_env: "B" }, "there are 2"],
  ])("that name %s of the sources are refused", async (_count, options, says) => {
    const error = await failureOf(() => provider(options));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain(says);
  });

  it("have a schema that marks the token as a secret", () => {
    const schema = plugin.contributes?.auth?.["bearer"]?.schema;
    expect(schema?.properties?.["token"]?.writeOnly).toBe(true);
    expect(Object.keys(schema?.properties ?? {})).toEqual([
      "type",
      "token_env",
      "token_file",
      "token_command",
      "token_command_ttl_seconds",
      "token",
    ]);
  });
});
