// Time from spawning the router to its reply to `initialize`, over loopback with the standard preset, beside the start of
// bare Node. Runs are interleaved, the first pair is thrown away, medians are quoted: absolute figures depend on the machine.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startGateway } from "@mcp-router/dev-gateway";

const { values } = parseArgs({ options: { runs: { type: "string", default: "21" } } });
const runs = Number(values.runs);
const command = fileURLToPath(new URL("../packages/cli/bin/mcp-router.js", import.meta.url));
const token = "benchmark-token";
const initialize = `${JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "benchmark", version: "1" } },
})}\n`;

const result = { protocolVersion: "2025-06-18", capabilities: {}, serverInfo: { name: "benchmark", version: "1" } };
const gateway = await startGateway({
  token,
  session: (session) => ({
    receive(payload) {
      const { id } = JSON.parse(payload.toString());
      if (id !== undefined) session.send(Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, result })));
    },
  }),
});

const directory = mkdtempSync(join(tmpdir(), "mcp-router-bench-"));
const config = join(directory, "mcp-router.json");
writeFileSync(
  config,
  JSON.stringify({
    gateway: { url: gateway.url, auth: { type: "bearer", token_env: "BENCH_TOKEN" } },
    logging: { level: "warn" },
  }),
);

// Variables such as NODE_EXTRA_CA_CERTS and NODE_OPTIONS make every start of Node slower, and the ratio look better.
const clean = { PATH: process.env.PATH, HOME: directory };

function untilExit(child) {
  return new Promise((resolve) => child.once("exit", resolve));
}

async function timeRouter() {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [command, "--config", config], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...clean, BENCH_TOKEN: token },
  });
  const exited = untilExit(child);
  child.stdin.write(initialize);
  await new Promise((resolve, reject) => {
    child.stdout.once("data", resolve);
    child.once("exit", (code) => reject(new Error(`the router ended with ${code} before it answered`)));
  });
  const elapsed = performance.now() - startedAt;
  child.stdin.end();
  await exited;
  return elapsed;
}

async function timeBareNode() {
  const startedAt = performance.now();
  await untilExit(spawn(process.execPath, ["-e", "0"], { stdio: "ignore", env: clean }));
  return performance.now() - startedAt;
}

function median(times) {
  return times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)];
}

const router = [];
const bare = [];
const ratios = [];
for (let run = 0; run <= runs; run++) {
  const one = await timeRouter();
  const other = await timeBareNode();
  if (run === 0) continue;
  router.push(one);
  bare.push(other);
  ratios.push(one / other);
}
await gateway.close();
rmSync(directory, { recursive: true });

const round = (value) => value.toFixed(1).padStart(7);
console.log(`spawn to reply to initialize  median ${round(median(router))} ms  best ${round(Math.min(...router))} ms`);
console.log(`node -e 0                     median ${round(median(bare))} ms  best ${round(Math.min(...bare))} ms`);
console.log(
  `ratio of the medians ${(median(router) / median(bare)).toFixed(2)}, median of the ratios ${median(ratios).toFixed(2)} (${runs} runs, Node ${process.version})`,
);
