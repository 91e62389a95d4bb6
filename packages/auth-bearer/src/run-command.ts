import { execFile } from "node:child_process";
import { DialError, escapeForPeople } from "@mcp-router/core/plugin";

/** Characters of what a program has said that get into an error. */
const LONGEST_EXCERPT = 200;
/** Bytes of output that are read; a token is shorter. */
const MAX_OUTPUT_BYTES = 64 * 1024;

export interface CommandRun {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[];
  readonly directory: string;
  readonly env: { readonly [name: string]: string | undefined };
  /** Milliseconds until it is killed. */
  readonly timeoutMs: number;
  /** Kills it. */
  readonly signal: AbortSignal;
  /** Gets what the program has written to stdout before anything of its stderr is told, where the token may be too. */
  readonly printed: (text: string) => void;
  /** Gets each line that the program writes to stderr, when it has ended. */
  readonly said: (line: string) => void;
}

/** What the program has written to stdout. @throws DialError `credential` saying how it failed. */
export function runCommand({ command, directory, env, timeoutMs, signal, printed, said }: CommandRun): Promise<string> {
  const [program = "", ...words] = command;
  return new Promise((resolve, reject) => {
    const options = {
      cwd: directory,
      env: { ...env },
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: MAX_OUTPUT_BYTES,
      windowsHide: true,
      signal,
    } as const;
    const child = execFile(program, words, options, (error, stdout, stderr) => {
      const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== "");
      if (lines.length > 0) printed(stdout);
      for (const line of lines) said(escapeForPeople(line, LONGEST_EXCERPT));
      if (error === null) resolve(stdout);
      else reject(failure(program, error, lines.at(-1), timeoutMs));
    });
    // A program that asks a question gets no answer, rather than the client's messages.
    child.stdin?.end();
  });
}

function failure(program: string, error: Error, lastLine: string | undefined, timeoutMs: number): DialError {
  const code: unknown = Reflect.get(error, "code");
  const { says, hint } = explain(code, Reflect.get(error, "signal"), Reflect.get(error, "killed"), timeoutMs);
  const because = lastLine === undefined ? "" : `; it said “${escapeForPeople(lastLine, LONGEST_EXCERPT)}”`;
  return new DialError(
    "credential",
    `The program ${escapeForPeople(program)} (gateway.auth.token_command) ${says}${because}.`,
    // Without the cause: its text holds every word of the command, and all that the program has said.
    { hint, phase: "auth" },
  );
}

function explain(code: unknown, signal: unknown, killed: unknown, timeoutMs: number) {
  if (code === "ENOENT") {
    return {
      says: "was not found",
      hint: "Write its whole path; a relative one starts at the configuration file. No shell is used, so put each word in the list by itself.",
    };
  }
  if (code === "EACCES") return { says: "may not be run (EACCES)", hint: "Make it executable: chmod +x." };
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
    return { says: "wrote more than a token can be", hint: "Its only output must be the token." };
  }
  if (killed === true) {
    return {
      says: `did not end within ${timeoutMs / 1000} s and was killed`,
      hint: "Run it by hand: it must print a token and end, and cannot ask anybody anything.",
    };
  }
  const how = typeof code === "number" ? `ended with exit code ${code}` : `ended by ${String(signal ?? code)}`;
  return { says: how, hint: "Run it by hand, with the environment that the router has." };
}
