// The router as a client starts it: the built command, the standard preset, a configuration that waits little.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROUTER = fileURLToPath(new URL("../../packages/cli/bin/mcp-router.js", import.meta.url));
/** After the end of stdin: its own drain, and room for a busy machine. */
const END_MS = 15_000;
const LINES_KEPT = 10;

export async function startRouter(url, { pool, transport, router = ROUTER }, journal) {
  const directory = await mkdtemp(join(tmpdir(), "mcp-router-soak-"));
  const file = join(directory, "mcp-router.json");
  const config = {
    gateway: {
      ...transport.router,
      url,
      connection: { timeout_ms: 1000, keepalive_interval_ms: 1000, ...(pool !== undefined && { pool_size: pool }) },
      reconnect: { initial_delay_ms: 50, max_delay_ms: 1000 },
    },
    // Room for what comes in the time of a restart; at high rates a long one shows what happens when there is none.
    local: { request_timeout_ms: 5000, max_queued_requests: 800 },
    logging: { level: "warn" },
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const child = spawn(process.execPath, [router, "--config", file], {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: directory },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // Whoever writes to a router that has ended learns it by `ended`.
  child.stdin.on("error", () => {});
  const said = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    journal.note("router", line);
    said.push(line);
    if (said.length > LINES_KEPT) said.shift();
  });
  const ended = once(child, "close").then(([code, signal]) => signal ?? code);
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);

  return {
    child,
    ended,
    /** What it has said on stderr of late. */
    lastWords: () => said.join("\n"),
    /** Closes stdin and gives what it ended with, which has to be 0. */
    async end() {
      child.stdin.end();
      const late = setTimeout(kill, END_MS);
      const how = await ended;
      clearTimeout(late);
      process.off("exit", kill);
      await rm(directory, { recursive: true, force: true });
      return how;
    },
  };
}
