import { chmod } from "node:fs/promises";
import { join } from "node:path";

import type { ProbeStep } from "@mcp-router/core";

import type { EndpointReport } from "../output/probe-report.ts";
import { runCli, type CliResult } from "./cli-process.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A token of the tests, which must never be seen. */
export const CANARY = "canary-0f3a7b81-token-never-to-be-seen";

/** A test by the real command. */
export interface ProbeCase {
  readonly url: string;
  readonly words?: readonly string[];
  readonly gateway?: { readonly [key: string]: unknown };
  /** Default: a bearer token, the canary. `null`: none. */
  readonly auth?: { readonly [key: string]: unknown } | null;
  readonly env?: { readonly [name: string]: string };
  readonly files?: { readonly [name: string]: string };
}

export interface ProbeResult extends CliResult {
  readonly report: EndpointReport;
  /** The step that failed. */
  readonly failed: ProbeStep | undefined;
  step(name: string): ProbeStep;
}

const BEARER = { type: "bearer", token_env: "CANARY_TOKEN" };

/** Writes the configuration and runs a test with it. Limits are short, but for what is waited for on purpose they are ample. */
export async function runProbe(
  command: "test-connection" | "test-auth",
  { url, words = [], gateway = {}, auth = BEARER, env = {}, files = {} }: ProbeCase,
): Promise<CliResult> {
  const config = { gateway: { url, ...gateway, ...(auth !== null && { auth }) } };
  const cwd = await temporaryDirectory({ "mcp-router.json": JSON.stringify(config), ...files });
  // A proxy with a password in it makes the file one of secrets.
  await chmod(join(cwd, "mcp-router.json"), 0o600);
  return await runCli([command, "--config", "mcp-router.json", ...words], {
    cwd,
    env: { CANARY_TOKEN: CANARY, ...env },
  });
}

/** The same with `--json`, read. */
export async function readProbe(command: "test-connection" | "test-auth", given: ProbeCase): Promise<ProbeResult> {
  const result = await runProbe(command, { ...given, words: ["--json", ...(given.words ?? [])] });
  const document: { endpoints?: readonly EndpointReport[] } = JSON.parse(result.stdout);
  const [report] = document.endpoints ?? [];
  if (report === undefined) throw new Error(`no endpoint was tested: ${result.stdout}${result.stderr}`);
  return {
    ...result,
    report,
    failed: report.steps.find(({ status }) => status === "failed"),
    step: (name) => {
      const step = report.steps.find((each) => each.name === name);
      if (step === undefined) throw new Error(`there is no step ${name}: ${result.stdout}`);
      return step;
    },
  };
}
