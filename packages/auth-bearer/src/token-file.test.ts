import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { failureOf } from "./fixtures/failure-of.ts";
import { recordingContext } from "./fixtures/recording-context.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { TokenFile } from "./token-file.ts";

/** So rare that only the test itself looks at the file. */
const NEVER_MS = 1_000_000;

function tokenFile(content: string | undefined, pollMs = NEVER_MS) {
  const path = join(temporaryFolder(), "token");
  if (content !== undefined) writeFileSync(path, content, { mode: 0o600 });
  const context = recordingContext();
  return { path, context, file: new TokenFile(path, context, pollMs) };
}

/** Writes a file beside `path` and puts it in its place, as careful programs do. */
function replace(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

describe("a token file", () => {
  it.each(["token-1", "token-1\n", "token-1\r\n", "\ufefftoken-1 \n\n"])(
    "is read without what editors add: %j",
    async (text) => {
      const { file } = tokenFile(text);
      expect(await file.read("dial")).toBe("token-1");
    },
  );

  it("that does not exist is an error with its path", async () => {
    const { file, path } = tokenFile(undefined);
    const error = await failureOf(() => file.read("dial"));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain(`${path} (auth.token_file) does not exist`);
  });

  it("that is a folder is an error", async () => {
    const folder = temporaryFolder();
    const error = await failureOf(() => new TokenFile(folder, recordingContext()).read("dial"));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain("EISDIR");
  });

  it.each([
    ["empty", "\n", "is empty"],
    ["too long", "x".repeat(20_000), "longer than 16384 bytes"],
    ["more than a token", "user: me\npassword: secret\n", "a space"],
  ])("that is %s is an error that shows nothing of it", async (_state, content, says) => {
    const { file } = tokenFile(content);
    const error = await failureOf(() => file.read("dial"));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain(says);
    expect(error.message).not.toContain("secret");
  });

  it.skipIf(process.platform === "win32")("that others can read gives one warning", async () => {
    const { file, path, context } = tokenFile("token-1");
    chmodSync(path, 0o640);
    await file.read("dial");
    await file.read("dial");
    expect(context.warnings).toEqual([expect.stringContaining("mode 0640")]);
    expect(context.warnings.join()).not.toContain("token-1");
  });

  it("that only its owner can read gives none", async () => {
    const { file, context } = tokenFile("token-1");
    await file.read("dial");
    expect(context.warnings).toEqual([]);
  });
});

describe("a rotated token file", () => {
  it("is noticed when another file takes its place", async () => {
    const { file, path, context } = tokenFile("token-1");
    await file.read("dial");
    replace(path, "token-2\n");
    await file.check();
    expect(context.changes()).toBe(1);
    expect(await file.read("changed")).toBe("token-2");
    expect(context.changes()).toBe(1);
  });

  it("is noticed when it is written in place", async () => {
    const { file, path, context } = tokenFile("token-1");
    await file.read("dial");
    writeFileSync(path, "token-22");
    await file.check();
    expect(context.changes()).toBe(1);
    expect(await file.read("changed")).toBe("token-22");
  });

  it("is noticed when a symbolic link on the way is swapped, as Kubernetes does", async () => {
    const folder = temporaryFolder();
    for (const [version, token] of [
      ["..v1", "token-1"],
      ["..v2", "token-2"],
    ] as const) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, "token"), token, { mode: 0o600 });
    }
    symlinkSync("..v1", join(folder, "..data"));
    symlinkSync(join("..data", "token"), join(folder, "token"));
    const context = recordingContext();
    const file = new TokenFile(join(folder, "token"), context, NEVER_MS);
    expect(await file.read("dial")).toBe("token-1");
    symlinkSync("..v2", join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    await file.check();
    expect(context.changes()).toBe(1);
    expect(await file.read("changed")).toBe("token-2");
  });

  it("is noticed by a dial as well, and open connections are told", async () => {
    const { file, path, context } = tokenFile("token-1");
    await file.read("dial");
    replace(path, "token-2");
    expect(await file.read("dial")).toBe("token-2");
    expect(context.changes()).toBe(1);
    await file.check();
    expect(context.changes()).toBe(1);
  });

  it("with the same content is no news", async () => {
    const { file, path, context } = tokenFile("token-1");
    await file.read("dial");
    replace(path, "token-1\n");
    await file.check();
    expect(context.changes()).toBe(0);
  });

  it.each([
    ["gone", (path: string) => rmSync(path)],
    ["empty", (path: string) => writeFileSync(path, "")],
    ["no token", (path: string) => writeFileSync(path, "two words")],
  ])("that is %s keeps the old token in use, with one warning, until it is good again", async (_state, spoil) => {
    const { file, path, context } = tokenFile("token-1");
    await file.read("dial");
    spoil(path);
    await file.check();
    await file.check();
    expect(await file.read("dial")).toBe("token-1");
    expect(context.changes()).toBe(0);
    expect(context.warnings).toEqual([expect.stringContaining("stays in use")]);
    replace(path, "token-2");
    await file.check();
    expect(context.changes()).toBe(1);
    expect(await file.read("changed")).toBe("token-2");
  });

  it("that is gone is an error once the old token was rejected", async () => {
    const { file, path } = tokenFile("token-1");
    await file.read("dial");
    rmSync(path);
    expect((await failureOf(() => file.read("rejected"))).message).toContain("does not exist");
  });

  it("that appears after a failed dial is news", async () => {
    const { file, path, context } = tokenFile(undefined);
    await failureOf(() => file.read("dial"));
    await file.check();
    expect(context.changes()).toBe(0);
    replace(path, "token-1");
    await file.check();
    expect(context.changes()).toBe(1);
    expect(context.warnings).toEqual([]);
  });

  it("is looked at again and again, until the provider ends", async () => {
    const { file, path, context } = tokenFile("token-1", 5);
    await file.read("dial");
    for (const count of [1, 2, 3]) {
      replace(path, `token-${count + 1}`);
      await context.untilChanged(count);
    }
    expect(await file.read("changed")).toBe("token-4");
    context.end();
    replace(path, "token-5");
    await file.check();
    expect(context.changes()).toBe(3);
  });
});
