import type { ProbeEndpoint, ProbeFacts, ProbeStatus, ProbeStep } from "@mcp-router/core";

import { escapeControls } from "../log/escape-controls.ts";
import type { EndpointReport } from "./probe-report.ts";

const TICKS: { readonly [Status in ProbeStatus]: string } = { ok: "✓", warning: "!", failed: "✗", skipped: "-" };
const COLOURS: { readonly [Status in ProbeStatus]: number } = { ok: 32, warning: 33, failed: 31, skipped: 90 };
const WIDEST_NAME = "authentication".length;
const WIDEST_TIME = "60000.0 ms".length;
const INDENT = " ".repeat(4);

/** Prints the steps of a test for people, a line each, as they end. */
export class StepPrinter {
  readonly #write: (text: string) => void;
  readonly #colour: boolean;

  constructor(write: (text: string) => void, colour: boolean) {
    this.#write = write;
    this.#colour = colour;
  }

  begin({ name }: ProbeEndpoint): void {
    this.#line(escapeControls(name));
  }

  step({ name, status, ms, facts, notes, error }: ProbeStep): void {
    const time = status === "skipped" ? "" : `${ms} ms`;
    const head = `${this.#paint(TICKS[status], status)} ${name.padEnd(WIDEST_NAME)} ${time.padStart(WIDEST_TIME)}`;
    this.#line(`${head}  ${describe(facts)}`.trimEnd());
    if (error !== undefined) {
      this.#line(`${INDENT}${escapeControls(`${error.message} [${error.code}]`)}`);
      if (error.hint !== undefined) this.#line(`${INDENT}→ ${escapeControls(error.hint)}`);
    }
    for (const note of notes) this.#line(`${INDENT}${this.#paint("!", "warning")} ${escapeControls(note)}`);
  }

  end({ endpoint, ok, failed_at, warnings, ms }: EndpointReport): void {
    const doubts = warnings === 0 ? "" : `, ${warnings} warning${warnings === 1 ? "" : "s"}`;
    const says = ok ? `is fine (${ms} ms${doubts})` : `failed at ${String(failed_at)} (${ms} ms${doubts})`;
    this.#line(this.#paint(escapeControls(`${endpoint} ${says}`), ok ? "ok" : "failed"));
  }

  #line(text: string): void {
    this.#write(`${text}\n`);
  }

  #paint(text: string, status: ProbeStatus): string {
    return this.#colour ? `\u001b[${COLOURS[status]}m${text}\u001b[0m` : text;
  }
}

/** `tools 3, by heartbeat, accepted`. */
function describe(facts: ProbeFacts): string {
  const { because, ...others } = facts;
  const parts = Object.entries(others).map(([name, value]) => {
    const words = name.replaceAll("_", " ");
    return value === true ? words : value === false ? `${words} no` : `${words} ${value}`;
  });
  const text = parts.join(", ");
  if (because === undefined) return escapeControls(text);
  return text === "" ? escapeControls(String(because)) : escapeControls(`${text} (${because})`);
}
