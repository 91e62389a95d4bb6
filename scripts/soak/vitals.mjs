// What the router's process costs while it runs.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const EVERY_MS = 500;
const WARM_UP_MESSAGES = 100_000;
const MEGABYTE = 1024 * 1024;

/** Samples the memory of a process beside the number of messages it has passed on. */
export class Vitals {
  #pid;
  #messages;
  #samples = [];
  #fdsAtStart;
  #fdsAtEnd;
  #timer;

  constructor(pid, messages) {
    this.#pid = pid;
    this.#messages = messages;
    this.#fdsAtStart = openFiles(pid);
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), EVERY_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#sample();
    this.#fdsAtEnd = openFiles(this.#pid);
  }

  summary() {
    const all = this.#samples;
    const last = all.at(-1);
    // The first hundred thousand fill caches and compile; of a short run it is the first third.
    const warm = all.filter(({ messages }) => messages >= Math.min(WARM_UP_MESSAGES, (last?.messages ?? 0) / 3));
    return {
      memoryAtStart: all[0]?.megabytes,
      memoryAtEnd: last?.megabytes,
      slope: slopeOf(warm) * 100_000,
      samples: warm.length,
      fdsAtStart: this.#fdsAtStart,
      fdsAtEnd: this.#fdsAtEnd,
    };
  }

  #sample() {
    const bytes = residentBytes(this.#pid);
    if (bytes !== undefined) this.#samples.push({ messages: this.#messages(), megabytes: bytes / MEGABYTE });
  }
}

/** Megabytes per message by least squares. */
function slopeOf(samples) {
  const count = samples.length;
  const meanX = samples.reduce((sum, { messages }) => sum + messages, 0) / count;
  const meanY = samples.reduce((sum, { megabytes }) => sum + megabytes, 0) / count;
  let covariance = 0;
  let variance = 0;
  for (const { messages, megabytes } of samples) {
    covariance += (messages - meanX) * (megabytes - meanY);
    variance += (messages - meanX) ** 2;
  }
  return covariance / variance;
}

function residentBytes(pid) {
  try {
    if (process.platform === "linux") {
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
    }
    return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024;
  } catch {
    // It has ended, which is told elsewhere.
    return undefined;
  }
}

function openFiles(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}
