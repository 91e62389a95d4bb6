// The same calls through the router over WebSocket and over framed TCP, envelopes both, with the standard preset on loopback.
// Rounds are interleaved in changing order and every ratio is formed inside a round: absolute figures depend on the machine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "9" }, seconds: { type: "string", default: "1" } },
});
const rounds = Number(values.rounds);
const durationMs = 1000 * Number(values.seconds);
const router = fileURLToPath(new URL("../packages/cli/bin/mcp-router.js", import.meta.url));
const echo = fileURLToPath(new URL("support/echo-gateway.mjs", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "mcp-router-bench-"));
const TICKS_PER_SECOND = 100;

/** What is measured: calls in flight at once, bytes of argument, bytes of result. */
const LOADS = [
  { name: "1 in flight, 200 B", flight: 1, sends: 200, gets: 200 },
  { name: "64 in flight, 200 B", flight: 64, sends: 200, gets: 200 },
  { name: "256 in flight, 200 B", flight: 256, sends: 200, gets: 200 },
  { name: "1 MB results", flight: 1, sends: 0, gets: 1_000_000 },
  { name: "8 MB results", flight: 1, sends: 0, gets: 8_000_000 },
  { name: "1 MB arguments", flight: 1, sends: 1_000_000, gets: 0 },
];

const gateway = spawn(process.execPath, [echo], { stdio: ["ignore", "pipe", "inherit"] });
const [line] = await once(createInterface(gateway.stdout), "line");
const urls = JSON.parse(line);

function start(transport) {
  const config = join(directory, `${transport}.json`);
  writeFileSync(
    config,
    JSON.stringify({
      gateway: { url: urls[transport], auth: { type: "bearer", token: "benchmark-token" } },
      logging: { level: "error" },
    }),
    { mode: 0o600 },
  );
  const child = spawn(process.execPath, [router, "--config", config], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env.PATH, HOME: directory },
  });
  return { child, nextId: 0 };
}

/** Processor time of a process so far, in seconds; nothing where there is no /proc. */
function processorTime({ pid }) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}

/** Keeps so many calls in flight for a while. */
async function run(subject, { flight, sends, gets }, forMs) {
  const { child } = subject;
  const pad = "y".repeat(sends);
  const starts = new Map();
  const times = [];
  let ending = false;
  let finish;
  const finished = new Promise((resolve) => (finish = resolve));
  const call = () => {
    const id = ++subject.nextId;
    starts.set(id, performance.now());
    return `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"echo","size":${gets},"arguments":{"pad":"${pad}"}}}\n`;
  };
  const pieces = [];
  const read = (chunk) => {
    const last = chunk.lastIndexOf(10);
    pieces.push(chunk);
    if (last < 0) return;
    const text = Buffer.concat(pieces.splice(0));
    const now = performance.now();
    let next = "";
    let from = 0;
    for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, from)) {
      const id = Number(/"id":(\d+)/.exec(text.toString("latin1", from, Math.min(end, from + 60)))[1]);
      if (gets > 0 && end - from < gets) throw new Error(`answer ${id} is too short`);
      times.push(now - starts.get(id));
      starts.delete(id);
      if (!ending) next += call();
      from = end + 1;
    }
    if (from < text.length) pieces.push(text.subarray(from));
    if (next !== "") child.stdin.write(next);
    if (ending && starts.size === 0) finish();
  };
  child.stdout.on("data", read);
  const cpuBefore = processorTime(child);
  const startedAt = performance.now();
  child.stdin.write(Array.from({ length: flight }, call).join(""));
  setTimeout(() => (ending = true), forMs);
  await finished;
  const seconds = (performance.now() - startedAt) / 1000;
  child.stdout.off("data", read);
  const perSecond = times.length / seconds;
  return { perSecond, p50: median(times), cpu: (processorTime(child) - cpuBefore) / times.length };
}

function median(numbers) {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)];
}

const found = new Map(LOADS.map(({ name }) => [name, { ws: [], tcp: [] }]));
for (let round = 0; round < rounds; round++) {
  for (const transport of round % 2 === 0 ? ["ws", "tcp"] : ["tcp", "ws"]) {
    const subject = start(transport);
    await run(subject, LOADS[1], durationMs); // warms the process up
    for (const load of LOADS) found.get(load.name)[transport].push(await run(subject, load, durationMs));
    subject.child.stdin.end();
    await once(subject.child, "exit");
  }
}
gateway.kill();
rmSync(directory, { recursive: true });

const ratio = (name, figure) => {
  const { ws, tcp } = found.get(name);
  return median(tcp.map((each, round) => each[figure] / ws[round][figure])).toFixed(2);
};
console.log("load                     calls/s tcp : ws      p50 tcp : ws      CPU per call tcp : ws");
for (const { name } of LOADS) {
  console.log(
    `${name.padEnd(24)} ${ratio(name, "perSecond").padStart(16)} ${ratio(name, "p50").padStart(17)} ${ratio(name, "cpu").padStart(26)}`,
  );
}
console.log(`medians of ${rounds} rounds, Node ${process.version}`);
