// What the demo prints: plain text, and colours where a person looks at it.
import { styleText } from "node:util";

const GUTTER = 9;

/** Lines for people on a stream. Times are milliseconds since the screen was made. */
export class Screen {
  #stream;
  #colours;
  #start = performance.now();

  constructor(stream) {
    this.#stream = stream;
    this.#colours = stream.isTTY === true && !process.env.NO_COLOR;
  }

  /** Text in a style of node:util, where there are colours. */
  style(format, text) {
    // Newer versions of Node would look at process.stdout again.
    return this.#colours ? styleText(format, text, { validateStream: false }) : text;
  }

  line(text = "") {
    this.#stream.write(`${text}\n`);
  }

  heading(text) {
    this.line();
    this.line(`  ${this.style("bold", text)}`);
  }

  /** Something the client sent. */
  sent(text) {
    this.#event(this.style("cyan", "client ──►"), text);
  }

  /** Something the client received; `note` is shown less loudly. */
  received(text, note = "") {
    this.#event(this.style("green", "client ◄──"), note === "" ? text : `${text}  ${this.style("dim", note)}`);
  }

  #event(arrow, text) {
    const time = `${Math.round(performance.now() - this.#start)} ms`.padStart(GUTTER);
    this.line(`${this.style("dim", time)}  ${arrow} ${text}`);
  }
}
