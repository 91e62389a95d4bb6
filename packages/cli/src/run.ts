import type { Router } from "@mcp-router/core";

import type { Flags } from "./arguments/flags.ts";
import type { CommandContext } from "./command-context.ts";
import { endWithError } from "./ends/end-with-error.ts";
import { onFatalError } from "./ends/fatal-errors.ts";
import { leave } from "./ends/leave.ts";
import { watchParent } from "./ends/parent-watch.ts";
import { onEndSignals } from "./ends/signals.ts";
import { within } from "./ends/within.ts";
import { EXIT, forcedBy } from "./exit-code.ts";
import { tellSetup } from "./output/tell-setup.ts";
import { setUp } from "./setup.ts";
import type { Setup } from "./setup.ts";

// What a client may take to read the answers of a run that ended by itself, and of one that was told to end.
const PATIENT_FLUSH_MS = 5_000;
const HURRIED_FLUSH_MS = 250;
const SIGNAL_DEADLINE_MS = 300;

/** Bridges stdin and the gateway until the client is gone or a signal comes; then lets the process end. */
export async function run(flags: Flags, context: CommandContext): Promise<void> {
  const { stdout } = context.stdout;
  const ending = new AbortController();
  let setup: Setup | undefined;
  let router: Router | undefined;

  const stopWatching = watchParent(() => ending.abort());
  const stopListening = onEndSignals({
    first: (signal) => {
      ending.abort();
      // Whoever sends a signal mostly sends SIGKILL soon: what was not read by then will not be read.
      setTimeout(() => {
        process.exit(stdout.writableLength === 0 ? EXIT.clean : forcedBy(signal));
      }, SIGNAL_DEADLINE_MS).unref();
    },
    second: (signal) => process.exit(forcedBy(signal)),
  });
  onFatalError((error) => {
    if (setup === undefined) void endWithError(error, [], context);
    else {
      const { log } = setup;
      log.logger.fatal({ err: error }, "internal error: the router ends");
      void endBroken(router, () => leave(EXIT.internal, { stdout, log, flushMs: HURRIED_FLUSH_MS }));
    }
  });

  // Loading core and reading the configuration wait for different things.
  const [{ createRouter }, ready] = await Promise.all([import("@mcp-router/core"), setUp(flags, context)]);
  setup = ready;
  tellSetup(setup, context);
  const { log, options } = setup;
  // The clock of `performance` begins with the process, and so does the patience of the client.
  router = await createRouter({ ...options, stdin: process.stdin, stdout, signal: ending.signal, startedAt: 0 });
  const secretWarning = setup.secretWarning();
  if (secretWarning !== undefined) log.logger.warn(secretWarning);
  const reason = await router.run();
  log.logger.debug({ reason, strayWrites: context.stdout.strayWrites() }, "the router ends");
  await leave(EXIT.clean, { stdout, log, flushMs: reason === "stdin_end" ? PATIENT_FLUSH_MS : HURRIED_FLUSH_MS });
  stopWatching();
  stopListening();
}

async function endBroken(router: Router | undefined, leaveNow: () => Promise<void>): Promise<void> {
  if (router !== undefined) await within(HURRIED_FLUSH_MS, router.stop("now"));
  await leaveNow();
  // Nobody knows what still holds a broken process.
  process.exit(EXIT.internal);
}
