// The command line of the soak.
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

import { DEEDS } from "./nemesis.mjs";
import { TRANSPORTS } from "./transports.mjs";

export const USAGE =
  "usage: npm run soak -- --minutes N | --seconds N | --requests N  [--seed N] [--rate N] [--pool N] [--transport NAME] [--faults LIST] [--router FILE] [--journal FILE]";

const TEXTS = ["transport", "faults", "router", "journal"];
const NUMBERS = ["minutes", "seconds", "requests", "seed", "rate", "pool"];

/** What was asked for, or a `problem` in words. */
export function readArguments(words) {
  const options = Object.fromEntries([...NUMBERS, ...TEXTS].map((name) => [name, { type: "string" }]));
  let texts;
  try {
    ({ values: texts } = parseArgs({ args: words, options, strict: true, allowPositionals: false }));
  } catch (error) {
    return { problem: error.message };
  }
  const numbers = {};
  for (const name of NUMBERS) {
    const text = texts[name];
    if (text === undefined) continue;
    const number = Number(text);
    const lowest = name === "seed" ? 0 : Number.MIN_VALUE;
    if (!(number >= lowest && number < 2 ** 31)) return { problem: `--${name} must be a number, not ${String(text)}` };
    numbers[name] = number;
  }
  const { minutes, seconds, requests, seed = randomInt(1_000_000), rate = 200, pool } = numbers;
  if ([minutes, seconds, requests].filter((length) => length !== undefined).length !== 1) {
    return { problem: "say how long: one of --minutes, --seconds and --requests" };
  }
  const faults = texts.faults?.split(",") ?? DEEDS;
  const unknown = faults.find((fault) => !DEEDS.includes(fault));
  if (unknown !== undefined) return { problem: `--faults: there is no ${unknown}; there are ${DEEDS.join(", ")}` };
  const transport = String(texts.transport ?? "ws");
  if (!Object.hasOwn(TRANSPORTS, transport)) {
    return { problem: `--transport: there is no ${transport}; there are ${Object.keys(TRANSPORTS).join(", ")}` };
  }
  return {
    milliseconds: requests === undefined ? (seconds ?? minutes * 60) * 1000 : Number.POSITIVE_INFINITY,
    requests: requests ?? Number.POSITIVE_INFINITY,
    seed: Math.floor(seed),
    rate,
    pool,
    transport: TRANSPORTS[transport],
    faults,
    router: texts.router,
    journal: texts.journal,
  };
}
