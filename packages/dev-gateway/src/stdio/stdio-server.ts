import { spawn } from "node:child_process";

import { parseJson } from "../envelope/parse-json.ts";
import type { SessionFactory } from "../session/session-handler.ts";
import { LineSplitter } from "./line-splitter.ts";
import { asLine } from "./as-line.ts";
import { buryChild, killChild, stopChild } from "./stop-child.ts";
import type { StopDeadlines } from "./stop-child.ts";

const MAX_STDERR_LINE_BYTES = 64 * 1024;
const SERVER_DIED = 1011;

/** Which MCP server is started for a session, and how. */
export interface StdioServerOptions {
  /** Program and arguments; no shell is involved. */
  readonly command: readonly string[];
  readonly cwd?: string;
  /** Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Longest line the server may write. Default 64 MiB. */
  readonly maxMessageBytes?: number;
  readonly deadlines?: StopDeadlines;
}

/** Starts one stdio MCP server process per session and joins its streams to the session, with backpressure both ways. */
export function stdioServer(options: StdioServerOptions): SessionFactory {
  const [program, ...programArguments] = options.command;
  if (program === undefined) throw new TypeError("Expected `command` to name a program, received an empty list");
  const { deadlines = { stdinMs: 1000, terminateMs: 1000 }, maxMessageBytes = 64 * 1024 * 1024 } = options;

  return (session) => {
    const child = spawn(program, programArguments, {
      stdio: ["pipe", "pipe", "pipe"],
      // A group of its own: it can be signalled as a whole, and Ctrl-C reaches it only through the orderly stop.
      detached: process.platform !== "win32",
      windowsHide: true,
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      ...(options.env !== undefined && { env: options.env }),
    });
    let stopping = false;

    const output = new LineSplitter(maxMessageBytes, {
      line(bytes) {
        if (bytes.length === 0) return;
        const parsed = parseJson(bytes);
        if ("problem" in parsed) {
          session.log("warn", `the server wrote something that is not JSON to stdout; dropped: ${parsed.problem}`);
        } else if (!session.send(bytes)) child.stdout.pause();
      },
      tooLong: () => session.close(SERVER_DIED, `the server sent a message above ${maxMessageBytes} bytes`),
    });
    const errors = new LineSplitter(MAX_STDERR_LINE_BYTES, {
      line: (bytes) => session.log("info", bytes.toString("utf8"), "stderr"),
      tooLong: () => session.log("warn", "the server wrote a very long line to stderr; dropped"),
    });
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.stdin.on("drain", () => session.resume());
    // EPIPE when the server is gone; its end is reported below.
    child.stdin.on("error", () => {});

    child.on("error", (error) => session.close(SERVER_DIED, `the server could not be started: ${error.message}`));
    child.on("exit", () => buryChild(child));
    child.on("close", (code, signal) => {
      output.end();
      errors.end();
      if (!stopping) session.close(SERVER_DIED, `the server ended (${signal ?? `exit code ${code}`})`);
    });

    return {
      receive(payload) {
        if (!child.stdin.writable) return;
        if (!child.stdin.write(asLine(payload))) session.pause();
      },
      drained: () => child.stdout.resume(),
      close() {
        stopping = true;
        child.stdout.resume();
        return stopChild(child, deadlines);
      },
      kill: () => killChild(child),
    };
  };
}
