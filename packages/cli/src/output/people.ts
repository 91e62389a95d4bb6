import { escapeLines } from "../log/escape-controls.ts";
import type { BoundedWriter } from "../log/bounded-writer.ts";
import type { Redactor } from "@mcp-router/core";

/** Plain sentences for whoever reads stderr. Secrets and everything a terminal would obey are taken out. */
export class People {
  readonly #stderr: BoundedWriter;
  readonly #redactor: Redactor;

  constructor(stderr: BoundedWriter, redactor: Redactor) {
    this.#stderr = stderr;
    this.#redactor = redactor;
  }

  /** One statement, perhaps of several lines. */
  tell(text: string): void {
    this.#stderr.write(`${escapeLines(this.#redactor.redact(`mcp-router: ${text}`))}\n`);
  }

  /** Text as it is, line ends included, but for secrets. */
  pass(text: string): void {
    this.#stderr.write(this.#redactor.redact(text));
  }
}
