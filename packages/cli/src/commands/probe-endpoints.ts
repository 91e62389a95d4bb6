import { openProbe, RouterError } from "@mcp-router/core";
import type { Probe, ProbeOptions, ProbeStep } from "@mcp-router/core";
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";

import type { Flags } from "../arguments/flags.ts";
import type { CommandContext } from "../command-context.ts";
import { endWithError } from "../ends/end-with-error.ts";
import { onFatalError } from "../ends/fatal-errors.ts";
import { leave } from "../ends/leave.ts";
import { onEndSignals } from "../ends/signals.ts";
import { EXIT, forcedBy } from "../exit-code.ts";
import { escapeJsonLine } from "../log/escape-controls.ts";
import { reportFailure, reportOf, type EndpointReport } from "../output/probe-report.ts";
import { StepPrinter } from "../output/step-printer.ts";
import { setUp } from "../setup.ts";
import { versionOfThisPackage } from "../version.ts";
import { chooseEndpoints } from "./choose-endpoints.ts";

/** The flags of both tests. */
export interface ProbeFlags {
  readonly json?: true;
  readonly endpoint?: string;
  readonly timeout?: number;
}

export interface ProbeRun {
  readonly flags: Flags;
  readonly options: ProbeFlags;
  readonly context: CommandContext;
  readonly test: (probe: Probe, options: ProbeOptions) => Promise<readonly ProbeStep[]>;
}

const FLUSH_MS = 5_000;
/** What is still open after a signal is not waited for. */
const SIGNAL_DEADLINE_MS = 300;

export function addProbeOptions(command: Command): Command {
  return command
    .option("--json", "print one JSON document instead of lines for people")
    .option("--endpoint <name>", "test this one only: its place in gateway.endpoints (0 is the first), or its address")
    .option("--timeout <ms>", "milliseconds that each part may take", readTimeout);
}

function readTimeout(text: string): number {
  const milliseconds = Number(text);
  if (/^\d{1,9}$/.test(text) && milliseconds > 0) return milliseconds;
  throw new InvalidArgumentError("It must be a whole number of milliseconds above 0.");
}

/** Tests the endpoints of a configuration one after the other, says what was found, and ends the process accordingly. */
export async function probeEndpoints({ flags, options, context, test }: ProbeRun): Promise<void> {
  const { stdout } = context.stdout;
  const write = (text: string): void => void stdout.write(context.redactor.redact(text));
  const ending = new AbortController();
  let signalled: NodeJS.Signals | undefined;
  const stopListening = onEndSignals({
    first: (signal) => {
      signalled = signal;
      ending.abort();
      setTimeout(() => process.exit(forcedBy(signal)), SIGNAL_DEADLINE_MS).unref();
    },
    second: (signal) => process.exit(forcedBy(signal)),
  });
  onFatalError((error) => void endWithError(error, [], context));
  try {
    const reports = await runTests();
    if (options.json === true) write(documentOf({ ok: reports.every(({ ok }) => ok), endpoints: reports }));
    const exitCode = reports.every(({ ok }) => ok) ? EXIT.clean : EXIT.failed;
    await leave(exitCode, { stdout, log: undefined, flushMs: FLUSH_MS });
  } catch (cause) {
    if (signalled !== undefined) {
      await leave(forcedBy(signalled), { stdout, log: undefined, flushMs: SIGNAL_DEADLINE_MS });
      return;
    }
    if (options.json === true && RouterError.is(cause) && cause.code !== "USAGE")
      write(documentOf(reportFailure(cause)));
    throw cause;
  } finally {
    stopListening();
  }

  async function runTests(): Promise<readonly EndpointReport[]> {
    const {
      log,
      options: load,
      secretWarning,
      warnings,
    } = await setUp(withTimeout(flags, options.timeout), context, {
      usualLogLevel: "silent",
    });
    const probe = await openProbe(load);
    try {
      const all = [...warnings, secretWarning()];
      for (const warning of all) if (warning !== undefined) context.people.tell(`warning: ${warning}`);
      const client = { name: "mcp-router", version: await versionOfThisPackage() };
      const reports: EndpointReport[] = [];
      for (const endpoint of chooseEndpoints(probe.endpoints, options.endpoint)) {
        const printer = options.json === true ? undefined : new StepPrinter(write, wantsColour(stdout, context.env));
        printer?.begin(endpoint);
        const steps = await test(probe, {
          endpoint: probe.endpoints.indexOf(endpoint),
          signal: ending.signal,
          client,
          onStep: (step) => printer?.step(step),
        });
        const report = reportOf(endpoint, steps);
        reports.push(report);
        printer?.end(report);
      }
      return reports;
    } finally {
      await probe.dispose();
      await log.flush();
    }
  }
}

/** Each wait of a test has its key in the configuration. */
function withTimeout(flags: Flags, milliseconds: number | undefined): Flags {
  if (milliseconds === undefined) return flags;
  const keys = ["gateway.connection.timeout_ms", "local.request_timeout_ms"];
  return { ...flags, set: [...flags.set, ...keys.map((key) => `${key}=${milliseconds}`)] };
}

function documentOf(value: object): string {
  return `${escapeJsonLine(JSON.stringify(value, undefined, 2))}\n`;
}

/** https://no-color.org: set and not empty. */
function wantsColour(stdout: NodeJS.WriteStream, env: CommandContext["env"]): boolean {
  return stdout.isTTY && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}
