// Everything that happened, a short line each, for the day when something is wrong.
import { createWriteStream, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file that is kept when the run was not clean, or when it was asked for by name. */
export class Journal {
  #file;
  #asked;
  #stream;
  #start = performance.now();

  constructor(file) {
    this.#asked = file !== undefined;
    this.#file = file ?? join(tmpdir(), `mcp-router-soak-${process.pid}.log`);
    this.#stream = createWriteStream(this.#file);
  }

  note(who, ...what) {
    const time = (performance.now() - this.#start).toFixed(1);
    this.#stream.write(`${time} ${who} ${what.filter((part) => part !== undefined).join(" ")}\n`);
  }

  /** Gives the name of the file, when there is a reason to read it. */
  async close(clean) {
    await new Promise((resolve) => this.#stream.end(resolve));
    if (clean && !this.#asked) {
      rmSync(this.#file);
      return undefined;
    }
    return this.#file;
  }
}
