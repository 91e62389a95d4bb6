import type { Writable } from "node:stream";

import type { GatewayVersion } from "../gateway-version.ts";
import type { FramingName } from "../framing/framing.ts";
import { optionConflict } from "../option-conflict.ts";
import type { FaultOptions } from "../faults/fault-options.ts";
import type { GatewayOptions } from "../gateway-options.ts";
import type { LogLevel } from "../log/log-entry.ts";
import { streamLog } from "../log/stream-log.ts";
import type { ForeignTokenMode, MessageAuthMode } from "../session/message-auth.ts";
import type { WireName } from "../wire/wire.ts";
import { readFault } from "./read-fault.ts";
import { readTls } from "./read-tls.ts";

/** The options of the command line, as commander delivers them. */
export interface CommandOptions {
  readonly port: string;
  readonly host: string;
  readonly path: string;
  readonly token?: string;
  readonly tokenEnv?: string;
  readonly messageAuth?: MessageAuthMode;
  readonly transport: "ws" | "tcp";
  readonly framing?: FramingName;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly gatewayVersion: GatewayVersion;
  readonly hideVersion?: true;
  readonly onAuthToken?: ForeignTokenMode;
  readonly healthPort?: string;
  readonly wire: WireName;
  readonly maxMessageBytes: string;
  readonly rejectUnknownNamespace?: true;
  readonly allowOrigin?: readonly string[];
  readonly requireInitialized?: true;
  readonly fault?: readonly string[];
  readonly seed?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** Turns the command line into gateway options, or says what is wrong with it. */
export function readGatewayOptions(
  command: readonly string[],
  options: CommandOptions,
  environment: NodeJS.ProcessEnv,
  stderr: Writable,
): { readonly options: GatewayOptions } | { readonly problem: string } {
  const port = portNumber(options.port);
  if (port === undefined) return { problem: `--port must be 0 to 65535, not ${options.port}` };
  const healthPort = portNumber(options.healthPort ?? "0");
  if (healthPort === undefined) return { problem: `--health-port must be 0 to 65535, not ${options.healthPort}` };
  const maxMessageBytes = wholeNumber(options.maxMessageBytes);
  if (maxMessageBytes === undefined || maxMessageBytes === 0) {
    return {
      problem: `--max-message-bytes must be a positive number, not ${options.maxMessageBytes}`,
    };
  }
  if (!options.path.startsWith("/")) return { problem: `--path must begin with /, not ${options.path}` };
  const faults = readFaults(options.fault ?? []);
  if ("problem" in faults) return faults;
  const seed = wholeNumber(options.seed ?? "0");
  if (seed === undefined) return { problem: `--seed must be a whole number, not ${options.seed}` };
  const token = readToken(options, environment);
  if (token !== undefined && typeof token !== "string") return token;

  const tls = readTls(options);
  if (tls !== undefined && "problem" in tls) return tls;

  const read: GatewayOptions = {
    command,
    env: withoutToken(environment, options.tokenEnv),
    host: options.host,
    port,
    path: options.path,
    transport: options.transport,
    version: options.gatewayVersion,
    announceVersion: options.hideVersion !== true,
    wire: options.wire,
    maxMessageBytes,
    rejectUnknownNamespace: options.rejectUnknownNamespace === true,
    allowedOrigins: options.allowOrigin ?? [],
    requireInitialized: options.requireInitialized === true,
    faults: faults.faults,
    log: streamLog(stderr, leastLevel(options)),
    ...(token !== undefined && { token }),
    ...(options.seed !== undefined && { seed }),
    ...(options.messageAuth !== undefined && { messageAuth: options.messageAuth }),
    ...(options.framing !== undefined && { framing: options.framing }),
    ...(options.onAuthToken !== undefined && { onAuthToken: options.onAuthToken }),
    ...(options.healthPort !== undefined && { healthPort }),
    ...(tls !== undefined && { tls }),
  };
  const problem = optionConflict(read);
  return problem === undefined ? { options: read } : { problem };
}

function readFaults(
  texts: readonly string[],
): { readonly faults: readonly FaultOptions[] } | { readonly problem: string } {
  const faults: FaultOptions[] = [];
  for (const text of texts) {
    const fault = readFault(text);
    if ("problem" in fault) return { problem: `--fault ${text}: ${fault.problem}` };
    faults.push(fault);
  }
  return { faults };
}

function readToken(
  options: CommandOptions,
  environment: NodeJS.ProcessEnv,
): string | undefined | { readonly problem: string } {
  const { token, tokenEnv } = options;
  if (token !== undefined && tokenEnv !== undefined) return { problem: "give one of --token and --token-env" };
  if (token === "") return { problem: "--token is empty" };
  if (tokenEnv === undefined) return token;
  const value = environment[tokenEnv];
  // An empty token must not silently mean "no token".
  return value ? value : { problem: `--token-env names ${tokenEnv}, which is not set` };
}

/** The server behind the gateway has no business with the gateway's own secret. */
function withoutToken(environment: NodeJS.ProcessEnv, name: string | undefined): NodeJS.ProcessEnv {
  const entries = Object.entries(environment).filter(([key]) => key !== name);
  return Object.fromEntries(entries);
}

function leastLevel(options: CommandOptions): LogLevel {
  if (options.quiet === true) return "warn";
  return options.verbose === true ? "debug" : "info";
}

function portNumber(text: string): number | undefined {
  const port = wholeNumber(text);
  return port === undefined || port > 65_535 ? undefined : port;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
