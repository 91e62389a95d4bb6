import { Writable } from "node:stream";

/** The real stdout, taken away from everybody else. */
export interface PrivateStdout {
  readonly stdout: NodeJS.WriteStream;
  /** How many writes went to stderr instead. */
  readonly strayWrites: () => number;
  /** Gives `process.stdout` back, for a command whose output it is. */
  release(): void;
}

/**
 * Takes the stdout of the process: from now on `process.stdout` and `console.log` of any plugin or dependency write to
 * `stray`, so the stream to the client holds the protocol and nothing else.
 *
 * @remarks Call it before anything else runs: `console` keeps the stream that it finds at its first use.
 */
export function takeStdout(stray: (text: string, count: number) => void): PrivateStdout {
  const stdout = process.stdout;
  let strayWrites = 0;
  const guard = new Writable({
    decodeStrings: false,
    write(chunk: Buffer | string, _encoding, done) {
      strayWrites += 1;
      stray(chunk.toString(), strayWrites);
      done();
    },
  });
  // Loggers ask for the number and write to it directly.
  Object.defineProperty(guard, "fd", { value: 2 });
  Object.defineProperty(process, "stdout", { configurable: true, enumerable: true, get: () => guard });
  return {
    stdout,
    strayWrites: () => strayWrites,
    release: () =>
      Object.defineProperty(process, "stdout", { configurable: true, enumerable: true, get: () => stdout }),
  };
}
