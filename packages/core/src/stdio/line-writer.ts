import type { Writable } from "node:stream";

const NEWLINE = Buffer.from("\n");
/** Lines up to this size are copied together, so that a burst of them costs one write. */
const COPIED_LINE = 16 * 1024;
const BATCH = 64 * 1024;

interface FlushWaiter {
  readonly writes: number;
  readonly resolve: () => void;
}

/**
 * Writes whole lines to a stream. Everything due from one tick leaves together; nothing is refused and no line is split.
 * After the stream has failed, lines are dropped.
 */
export class LineWriter {
  readonly #stream: Writable;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #scheduled = false;
  #needsDrain = false;
  #failed = false;
  #closed = false;
  #started = 0;
  #finished = 0;
  #waiters: FlushWaiter[] = [];
  readonly #drainListeners = new Set<() => void>();
  readonly #errorListeners = new Set<(error: Error) => void>();

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("drain", this.#drained);
    // Stays after close(): a late EPIPE without a listener would end the process.
    stream.on("error", this.#fail);
    stream.on("close", this.#settleAll);
  }

  /** The stream is full: wait for `onDrain` before asking for more to write. */
  get needsDrain(): boolean {
    return this.#needsDrain;
  }

  /** Bytes that have not been handed to the operating system. */
  get bufferedBytes(): number {
    return this.#queuedBytes + this.#stream.writableLength;
  }

  /** Queues one line; `bytes` must have no line break and must not change until it is written. */
  write(bytes: Buffer): void {
    if (this.#failed || this.#closed) return;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length + 1;
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(this.#writeQueue);
  }

  /** Calls `listener` each time the stream has room again; returns the undo. */
  onDrain(listener: () => void): () => void {
    this.#drainListeners.add(listener);
    return () => void this.#drainListeners.delete(listener);
  }

  /** Calls `listener` when the stream fails; returns the undo. */
  onError(listener: (error: Error) => void): () => void {
    this.#errorListeners.add(listener);
    return () => void this.#errorListeners.delete(listener);
  }

  /** Resolves when every line written so far has been handed to the operating system, or the stream has failed. */
  flush(): Promise<void> {
    this.#writeQueue();
    if (this.#failed || this.#finished === this.#started || this.#stream.destroyed) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ writes: this.#started, resolve }));
  }

  /** Takes no more lines, flushes, and lets go of the stream, which is its owner's to end. */
  async close(): Promise<void> {
    const flushed = this.flush();
    this.#closed = true;
    await flushed;
    this.#stream.off("drain", this.#drained);
    this.#drainListeners.clear();
    this.#errorListeners.clear();
  }

  readonly #writeQueue = (): void => {
    this.#scheduled = false;
    const lines = this.#queue;
    if (lines.length === 0) return;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (this.#failed) return;
    this.#stream.cork();
    let from = 0;
    while (from < lines.length) from = this.#writeBatch(lines, from);
    this.#stream.uncork();
  };

  /** Writes the lines from `from` on that go into one buffer, or one long line as it is; returns the next one's index. */
  #writeBatch(lines: readonly Buffer[], from: number): number {
    let to = from;
    let size = 0;
    for (let line = lines[to]; line !== undefined; line = lines[++to]) {
      if (line.length > COPIED_LINE || size + line.length >= BATCH) break;
      size += line.length + 1;
    }
    if (to === from) {
      const line = lines[from];
      if (line !== undefined) this.#writeLong(line);
      return from + 1;
    }
    const batch = Buffer.allocUnsafe(size);
    let at = 0;
    for (let index = from; index < to; index++) {
      const line = lines[index];
      if (line === undefined) continue;
      batch.set(line, at);
      at += line.length;
      batch[at++] = 0x0a;
    }
    this.#send(batch);
    return to;
  }

  #writeLong(line: Buffer): void {
    this.#send(line);
    this.#send(NEWLINE);
  }

  #send(bytes: Buffer): void {
    this.#started++;
    if (!this.#stream.write(bytes, this.#written)) this.#needsDrain = true;
  }

  readonly #written = (): void => {
    this.#finished++;
    let ready = 0;
    for (const waiter of this.#waiters) {
      if (waiter.writes > this.#finished) break;
      waiter.resolve();
      ready++;
    }
    if (ready > 0) this.#waiters.splice(0, ready);
  };

  readonly #drained = (): void => {
    this.#needsDrain = false;
    for (const listener of this.#drainListeners) listener();
  };

  readonly #fail = (error: Error): void => {
    this.#settleAll();
    for (const listener of this.#errorListeners) listener(error);
  };

  readonly #settleAll = (): void => {
    this.#failed = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const { resolve } of this.#waiters) resolve();
    this.#waiters = [];
  };
}
