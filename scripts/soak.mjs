// `npm run soak`: the real mcp-router between a client that is strict about every line and a gateway that misbehaves at
// random, for as long as you like. Ends with 1 when a request was lost or run twice, or a line broke the rules.
// node scripts/soak.mjs --minutes N | --seconds N | --requests N
//   --seed N        what chance is drawn from; default a new one, which is printed
//   --rate N        requests a second at most; default 200
//   --pool N        connections the router may have
//   --transport X   how the gateway is reached: ws, tcp, mcpb or lines; default ws
//   --faults LIST   of restart, cut, stall, drip, shuffle, twice, latency, forget, forget-error; default all
//   --router FILE   a JavaScript file to run in the place of the built mcp-router, with the same words
//   --journal FILE  keeps a line about everything that happened; without it only a run that was not clean leaves one
import { Dice, startFaultProxy } from "@mcp-router/testkit";
import { startGateway } from "@mcp-router/dev-gateway";

import { readArguments, USAGE } from "./soak/arguments.mjs";
import { Books } from "./soak/books.mjs";
import { Journal } from "./soak/journal.mjs";
import { Nemesis } from "./soak/nemesis.mjs";
import { printReport } from "./soak/report.mjs";
import { startRouter } from "./soak/router.mjs";
import { SoakServer } from "./soak/server.mjs";
import { StrictClient } from "./soak/strict-client.mjs";
import { Traffic } from "./soak/traffic.mjs";
import { Vitals } from "./soak/vitals.mjs";

// Longer than the longest deadline of the router: who has no answer by then gets none.
const SETTLE_MS = 8000;
const ONWARD_MS = 10_000;

async function main(settings) {
  const journal = new Journal(settings.journal);
  const rig = await openRig(settings, journal);
  let clean = false;
  try {
    const report = await soak(rig, settings);
    clean = report.violations.length === 0 && report.summary.lost === 0 && report.summary.duplicates === 0;
    printReport(report);
  } finally {
    await rig.close();
    const file = await journal.close(clean);
    if (file !== undefined) console.log(`  everything that happened is in ${file}`);
  }
  return clean ? 0 : 1;
}

/** Server, gateway, network, router and client, each behind the one before. */
async function openRig(settings, journal) {
  const dice = new Dice(settings.seed);
  const books = new Books(journal);
  const gateway = await startGateway({
    ...settings.transport.gateway,
    session: new SoakServer(dice.fork(1), books, journal).session,
    seed: settings.seed,
    // The strictest there is: a handshake that is not repeated in full shows at once.
    requireInitialized: true,
  });
  gateway.on("faulted", ({ fault, step, detail, sessionId }) => journal.note("fault", fault, step, sessionId, detail));
  const proxy = await startFaultProxy({
    target: { host: "127.0.0.1", port: gateway.port },
    seed: settings.seed,
    frames: settings.transport.frames,
  });
  const router = await startRouter(proxy.url(gateway.url), settings, journal);
  const client = new StrictClient(router, books, journal);
  const traffic = new Traffic(client, dice.fork(2), settings);
  const nemesis = new Nemesis(gateway, proxy, dice.fork(3), settings, journal);
  const close = async () => {
    await router.end();
    await proxy.close();
    await gateway.close();
  };
  return { books, proxy, router, client, traffic, nemesis, close };
}

async function soak({ books, proxy, router, client, traffic, nemesis }, settings) {
  const startedAt = performance.now();
  await client.initialize();
  const vitals = new Vitals(router.child.pid, () => client.messages);
  const interrupted = () => traffic.stop();
  process.once("SIGINT", interrupted);
  nemesis.start();
  const onward = setInterval(() => console.log(`  ${seconds(startedAt)} s: ${books.line()}`), ONWARD_MS);
  await Promise.race([traffic.run(), router.ended]);

  clearInterval(onward);
  process.off("SIGINT", interrupted);
  await nemesis.stop();
  await client.settled(SETTLE_MS);
  await client.showsLife(SETTLE_MS);
  vitals.stop();
  const end = await router.end();
  if (end !== 0) books.violate(`the router ended with ${end}: ${router.lastWords()}`);
  return {
    settings,
    seconds: seconds(startedAt),
    summary: books.close(),
    violations: books.violations,
    faults: nemesis.counts,
    connections: proxy.connections,
    messages: client.messages,
    vitals: vitals.summary(),
  };
}

function seconds(since) {
  return Math.round((performance.now() - since) / 100) / 10;
}

const settings = readArguments(process.argv.slice(2));
if ("problem" in settings) {
  console.error(`soak: ${settings.problem}\n${USAGE}`);
  process.exitCode = 2;
} else {
  console.log(`  soak: seed ${settings.seed}, ${settings.rate} requests a second at most`);
  process.exitCode = await main(settings).catch((error) => {
    console.error(`soak: ${error.message}`);
    return 1;
  });
}
