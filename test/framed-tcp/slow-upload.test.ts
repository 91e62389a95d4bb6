import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { ParanoidClient } from "../support/paranoid-client.ts";
import { untilTestEnds } from "../support/scope.ts";
import { spawnRouter } from "../support/spawn-router.ts";

const GATEWAY = fileURLToPath(new URL("support/slow-gateway.mjs", import.meta.url));
const MEBIBYTE = 1024 * 1024;
/** So much that it takes longer than silence is deadly, and that the buffers of the system are the lesser part of it. */
const CALLS = 10;

/** A gateway in a process of its own, and the lines that it has printed since its port. */
async function startSlowGateway(): Promise<{ readonly port: number; readonly lines: readonly string[] }> {
  const child = spawn(process.execPath, [GATEWAY, String(CALLS)], { stdio: ["ignore", "pipe", "inherit"] });
  untilTestEnds(() => void child.kill());
  const lines: string[] = [];
  const printed = createInterface(child.stdout);
  const [port] = await once(printed, "line");
  printed.on("line", (line) => lines.push(line));
  return { port: Number(port), lines };
}

it("a gateway that takes large calls slowly is not taken for dead, though it answers no heartbeat meanwhile", async () => {
  const { port, lines } = await startSlowGateway();
  const router = await spawnRouter({
    url: `tcp://127.0.0.1:${port}`,
    config: { gateway: { connection: { keepalive_interval_ms: 500, timeout_ms: 3000 } } },
  });
  const client = new ParanoidClient(router);
  await client.initialize();
  const filling = "x".repeat(8 * MEBIBYTE);
  const calls = Array.from({ length: CALLS }, (_, place) => {
    const id = 1000 + place;
    client.write(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"store","filling":"`);
    client.write(filling);
    client.write('"}}\n');
    return client.expect(id);
  });
  for (const { error, result } of await Promise.all(calls)) {
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ serverInfo: { name: "slow" } });
  }
  expect(lines).toEqual(["connection"]);
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});
