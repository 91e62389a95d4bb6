import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it, onTestFinished } from "vitest";

const SOAK = fileURLToPath(new URL("../scripts/soak.mjs", import.meta.url));
const FAULTY_ROUTER = fileURLToPath(new URL("fixtures/faulty-router.mjs", import.meta.url));

describe("the soak", { timeout: 60_000 }, () => {
  it.concurrent("finds the router faultless while everything around it fails, and leaves nothing behind", async () => {
    const { code, stdout, stderr, leftBehind } = await soak("--requests", "1500", "--rate", "200", "--seed", "1");

    expect(stderr).toBe("");
    expect(stdout).toMatch(/sent 1501, .* duplicates 0, lost 0, /);
    expect(stdout).toMatch(/violations 0, restarts \d+, .*connections \d+/);
    expect(stdout).toMatch(/slope -?\d+\.\d\d MB per 100,000 messages .*fds (\S+) at the start and \1 at the end/);
    expect(code).toBe(0);
    expect(leftBehind).toEqual([]);
  });

  it.concurrent("finds the router as faultless over framed TCP", async () => {
    const words = ["--requests", "1000", "--rate", "200", "--seed", "2", "--transport", "tcp"];
    const { code, stdout, stderr, leftBehind } = await soak(...words);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/sent 1001, .* duplicates 0, lost 0, /);
    expect(stdout).toContain("violations 0, ");
    expect(code).toBe(0);
    expect(leftBehind).toEqual([]);
  });

  it.concurrent("finds out a router that loses, doubles and runs twice, and keeps the journal", async () => {
    const words = ["--requests", "600", "--rate", "400", "--seed", "1", "--router", FAULTY_ROUTER];
    const { code, stdout, leftBehind, journal } = await soak(...words);

    expect(stdout).toMatch(/duplicates [1-9]\d*, lost [1-9]/);
    expect(stdout).toMatch(/violations [1-9]/);
    expect(stdout).toContain("✘ a reply to nothing that is open: ");
    expect(stdout).toMatch(/✘ I1: request \d+ was never answered/);
    expect(stdout).toMatch(/✘ I2: request \d+ acts, and was run 2 times \(tools\/call on connection \d+, /);
    expect(code).toBe(1);
    expect(leftBehind).toHaveLength(1);
    expect(journal).toMatch(/ client never heard of \d+\n/);
  });

  it.each([
    [[], "say how long: one of --minutes, --seconds and --requests"],
    [["--minutes", "1", "--seconds", "1"], "say how long"],
    [["--minutes", "soon"], "--minutes must be a number, not soon"],
    [["--seconds", "1", "--transport", "udp"], "--transport: there is no udp; there are ws, tcp, mcpb, lines"],
    [["--minuets", "1"], "Unknown option '--minuets'"],
  ])("says what is wrong with %j", async (words, problem) => {
    const { code, stdout, stderr } = await soak(...words);
    expect(stderr).toContain(`soak: ${problem}`);
    expect(stderr).toContain("usage: npm run soak -- --minutes N");
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});

async function soak(...words: readonly string[]) {
  const temporary = await mkdtemp(join(tmpdir(), "mcp-router-soak-test-"));
  onTestFinished(() => rm(temporary, { recursive: true }));
  const result = await new Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>(
    (resolve) => {
      const env = { ...process.env, TMPDIR: temporary };
      execFile(process.execPath, [SOAK, ...words], { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : error.code, stdout, stderr });
      });
    },
  );
  const leftBehind = await readdir(temporary);
  const [journal] = leftBehind;
  return {
    ...result,
    leftBehind,
    journal: journal === undefined ? "" : await readFile(join(temporary, journal), "utf8"),
  };
}
