import { expect, it } from "vitest";
import { SessionBench } from "../testing/session-bench.ts";

const big = (id: unknown) => ({ id, result: { filling: "x".repeat(100_000) } });

/** A client that has stopped reading with 100 kB due. */
async function stuck(clientStallMs?: number): Promise<SessionBench> {
  const bench = new SessionBench({
    stdoutHighWaterMark: 1000,
    limits: clientStallMs === undefined ? {} : { clientStallMs },
  });
  await bench.send({ id: 1, method: "tools/call", params: { name: "x" } });
  bench.stdout.pause();
  await bench.deliver(big(1));
  await bench.deliver({ method: "notifications/message", params: { level: "info", data: "one more" } });
  return bench;
}

it("a client that reads nothing for five minutes and ten seconds for 100 kB counts as gone, and the log says so before", async () => {
  const bench = await stuck();
  let end: string | undefined;
  void bench.session.end.then((how) => (end = how));
  await bench.advance(30_000);
  expect(bench.log.of("warn")).toEqual(["the client does not read what the gateway has answered"]);
  await bench.advance(279_000);
  expect(end).toBeUndefined();
  await bench.advance(2000);
  expect(end).toBe("stdout_closed");
});

it("a client that reads again is not gone", async () => {
  const bench = await stuck();
  await bench.advance(300_000);
  bench.stdout.resume();
  await bench.settle();
  expect(bench.client.answers(1)).toHaveLength(1);
  let end: string | undefined;
  void bench.session.end.then((how) => (end = how));
  await bench.advance(600_000);
  expect(end).toBeUndefined();
});

it("without a limit a client may take as long as it likes", async () => {
  const bench = await stuck(0);
  let end: string | undefined;
  void bench.session.end.then((how) => (end = how));
  await bench.advance(3_600_000);
  expect(end).toBeUndefined();
});
