import type { Clock } from "../clock.ts";
import { escapeForPeople } from "../errors/escape.ts";
import { RouterError } from "../errors/router-error.ts";
import { messageOf } from "../host/tap-faults.ts";
import { DialError } from "../plugin/dial-error.ts";
import { inWords } from "./in-words.ts";
import type { WarningCollector } from "./warning-collector.ts";
import type { ProbeFacts, ProbeFault, ProbeStatus, ProbeStep, ProbeStepName } from "./probe-step.ts";

/** Ends a test: its step has been recorded as failed. */
export class ProbeStopped extends Error {}

/** What a step has found. */
export interface Found {
  readonly facts?: ProbeFacts;
  readonly notes?: readonly string[];
  /** It does not apply here. */
  readonly skipped?: boolean;
}

export interface StepRecorderOptions {
  readonly clock: Clock;
  /** What plugins warn of; each step takes what was said up to its end. */
  readonly warnings: WarningCollector;
  /** Aborted when nobody wants to know any more. */
  readonly signal: AbortSignal;
  readonly onStep: (step: ProbeStep) => void;
}

/** The steps of one test, told as they end. Each took the time since the one before it. */
export class StepRecorder {
  readonly #options: StepRecorderOptions;
  readonly #steps: ProbeStep[] = [];
  #since: number;

  constructor(options: StepRecorderOptions) {
    this.#options = options;
    this.#since = options.clock.now();
  }

  get steps(): readonly ProbeStep[] {
    return this.#steps;
  }

  has(name: ProbeStepName): boolean {
    return this.#steps.some((step) => step.name === name);
  }

  /** @param ms What it took, when that is not the time since the step before it. */
  add(name: ProbeStepName, found: Found, ms?: number): void {
    const notes = [...(found.notes ?? []), ...this.#options.warnings.take()];
    const usual = found.skipped === true ? "skipped" : "ok";
    this.#record(name, notes.length > 0 ? "warning" : usual, { ...found, notes }, undefined, ms);
  }

  /** As {@link StepRecorder.add}; what was warned of is left to the next step. */
  addQuietly(name: ProbeStepName, facts: ProbeFacts, ms?: number): void {
    this.#record(name, "ok", { facts }, undefined, ms);
  }

  /** What was warned of since the last step. */
  get warnings(): readonly string[] {
    return this.#options.warnings.waiting;
  }

  skip(name: ProbeStepName, because: string): void {
    this.#record(name, "skipped", { facts: { because } }, undefined, 0);
  }

  /** Records the failure of a step. @returns what to throw. */
  fail(name: ProbeStepName, cause: unknown, found: Found = {}): ProbeStopped {
    const wait = DialError.is(cause) ? cause.retryAfterMs : undefined;
    const asked = wait === undefined ? [] : [`the gateway asks to wait ${inWords(wait / 1000)}`];
    const notes = [...(found.notes ?? []), ...asked, ...this.#options.warnings.take()];
    this.#record(name, "failed", { ...found, notes }, faultOf(cause));
    return new ProbeStopped(name);
  }

  /** Runs a step and records what it found, or why it failed. @throws ProbeStopped; the signal's reason when it aborts. */
  async run(name: ProbeStepName, work: () => Found | Promise<Found>): Promise<void> {
    this.#options.signal.throwIfAborted();
    let found: Found;
    try {
      found = await work();
    } catch (cause) {
      this.#options.signal.throwIfAborted();
      throw this.fail(name, cause);
    }
    this.add(name, found);
  }

  /** What was not reached. */
  skipRest(names: readonly ProbeStepName[]): void {
    for (const name of names) if (!this.has(name)) this.#record(name, "skipped", {}, undefined, 0);
  }

  #record(name: ProbeStepName, status: ProbeStatus, found: Found, error: ProbeFault | undefined, ms?: number): void {
    const now = this.#options.clock.now();
    const took = ms ?? now - this.#since;
    this.#since = now;
    const step: ProbeStep = {
      name,
      status,
      ms: Math.round(took * 10) / 10,
      facts: safe(found.facts ?? {}),
      notes: (found.notes ?? []).map((note) => escapeForPeople(note)),
      error,
    };
    this.#steps.push(step);
    this.#options.onStep(step);
  }
}

/** Peers have chosen some of the texts. */
function safe(facts: ProbeFacts): ProbeFacts {
  const entries = Object.entries(facts).map(([name, value]) => {
    return [name, typeof value === "string" ? escapeForPeople(value) : value];
  });
  return Object.fromEntries(entries);
}

function faultOf(cause: unknown): ProbeFault {
  const hint = RouterError.is(cause) ? cause.hint : undefined;
  return {
    code: RouterError.is(cause) ? cause.code : "INTERNAL",
    message: escapeForPeople(messageOf(cause), 2_000),
    hint: hint === undefined ? undefined : escapeForPeople(hint, 2_000),
  };
}
