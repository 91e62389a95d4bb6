import type { Frame } from "./frame.ts";
import type { FrameFaultOptions, FrameHold } from "./frame-fault.ts";

/** A frame fault as the proxy keeps it. */
export class ArmedFault<F extends Frame> implements FrameHold<F> {
  readonly options: FrameFaultOptions<F>;
  readonly struck: F[] = [];
  readonly #forget: () => void;
  #left: number;
  #watchers: ((frame: F) => void)[] = [];
  #held: (() => void)[] = [];

  constructor(options: FrameFaultOptions<F>, forget: () => void) {
    this.options = options;
    this.#left = options.times ?? 1;
    this.#forget = forget;
  }

  matches(frame: F): boolean {
    return this.options.matches?.(frame) ?? true;
  }

  /** The frame is its. */
  strike(frame: F): void {
    this.#left--;
    if (this.#left <= 0) this.#forget();
    this.struck.push(frame);
    for (const watcher of this.#watchers.splice(0)) watcher(frame);
  }

  next(): Promise<F> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  /** Calls `go` when the frame is released. */
  hold(go: () => void): void {
    this.#held.push(go);
  }

  release(): void {
    for (const go of this.#held.splice(0)) go();
  }

  remove(): void {
    this.#forget();
    this.release();
  }
}
