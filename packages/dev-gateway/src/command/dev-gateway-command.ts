import { Option } from "commander";
import type { Command } from "commander";

import { FRAMINGS } from "../framing/framing.ts";
import { startGateway } from "../start-gateway.ts";
import { CommandLine } from "./command-line.ts";
import { readGatewayOptions } from "./read-gateway-options.ts";
import type { CommandOptions } from "./read-gateway-options.ts";
import { faultLines } from "./fault-lines.ts";
import { healthLine, openDoorWarning, seedLine, startLine } from "./start-lines.ts";
import { untilSignal } from "./until-signal.ts";

const FAULT_EXAMPLE = "restart:every=30s,down=2s or twice:chance=0.05";
const EXAMPLE = "npx @modelcontextprotocol/server-everything stdio";

/**
 * The `dev-gateway` command, to be added to a commander program.
 *
 * @remarks Its action settles when the gateway was stopped by a signal. It never calls `process.exit`, except for a
 * second signal: nothing is left that would keep the process.
 */
export function devGatewayCommand(): Command {
  return new CommandLine("dev-gateway")
    .description("Serve a stdio MCP server as a gateway, for development, demos and tests")
    .usage("[options] -- command [arguments...]")
    .argument("[command...]", "the stdio MCP server to start for every session")
    .option("--port <port>", "port to listen on; 0 takes a free one", "0")
    .option("--host <host>", "address to listen on; others than loopback need a token", "127.0.0.1")
    .addOption(new Option("--transport <transport>", "what messages come over").choices(["ws", "tcp"]).default("ws"))
    .addOption(new Option("--framing <framing>", "layout of the frames over tcp").choices(FRAMINGS))
    .option("--path <path>", "path of the MCP endpoint", "/mcp")
    .option("--token <token>", "bearer token that clients must send (visible in the process list)")
    .option("--token-env <name>", "environment variable that holds the bearer token")
    .addOption(
      new Option("--message-auth <mode>", "when auth_token of a message is checked").choices([
        "off",
        "when-present",
        "required",
      ]),
    )
    .option("--tls-cert <file>", "PEM file with the certificate: speak TLS")
    .option("--tls-key <file>", "PEM file with the key of the certificate")
    .option("--tls-client-ca <file>", "PEM file of authorities: clients need a certificate of one of them")
    .addOption(
      new Option("--gateway-version <version>", "generation of gateway to be").choices(["1", "2"]).default("2"),
    )
    .option("--hide-version", "say the version neither at the upgrade nor in /health")
    .addOption(
      new Option("--on-auth-token <deed>", "what version 1 does with auth_token in a message").choices([
        "ignore",
        "refuse",
        "close",
      ]),
    )
    .option("--health-port <port>", "plain HTTP port for /health beside tcp; 0 takes a free one")
    .addOption(new Option("--wire <wire>", "what a frame holds").choices(["envelope", "json-rpc"]).default("envelope"))
    .option("--max-message-bytes <bytes>", "longest message, both ways", String(64 * 1024 * 1024))
    .option("--reject-unknown-namespace", "answer other namespaces than MCP's own with NOT_FOUND")
    .option("--allow-origin <origin>", "let browser pages of this origin connect; repeatable", collect)
    .option("--require-initialized", "refuse requests before notifications/initialized on their connection")
    .option("--fault <fault>", `misbehave, for example ${FAULT_EXAMPLE}; repeatable`, collect)
    .option("--seed <number>", "make what happens by chance happen alike again")
    .option("--json", "print {url, port, healthUrl, pid} on stdout when ready")
    .addOption(new Option("--quiet", "log only warnings and errors").conflicts("verbose"))
    .option("--verbose", "log every message")
    .addHelpText("after", `\nFaults and their settings:\n${faultLines()}`)
    .addHelpText("after", `\nExample:\n  $ mcp-router dev-gateway --port 8080 -- ${EXAMPLE}`)
    .action(run);
}

async function run(words: readonly string[], options: CommandOptions, command: Command): Promise<void> {
  if (words.length === 0) {
    command.error(
      `error: no MCP server to serve; name one after --, for example\n  mcp-router dev-gateway -- ${EXAMPLE}`,
      {
        exitCode: 2,
        code: "dev-gateway.noCommand",
      },
    );
  }
  const read = readGatewayOptions(words, options, process.env, process.stderr);
  if ("problem" in read) command.error(`error: ${read.problem}`, { exitCode: 2, code: "dev-gateway.options" });

  const gateway = await startGateway(read.options).catch((error: unknown) =>
    command.error(`error: the gateway could not start: ${error instanceof Error ? error.message : String(error)}`, {
      exitCode: 78,
      code: "dev-gateway.start",
    }),
  );
  // Whoever reads that it is ready may send a signal at once.
  const stopped = untilSignal(gateway);
  const { url, port, healthUrl } = gateway;
  if (options.quiet !== true) process.stderr.write(startLine(url, words, options, read.options.tls?.cert));
  if (options.healthPort !== undefined) process.stderr.write(healthLine(healthUrl));
  if (options.fault !== undefined) process.stderr.write(seedLine(gateway.seed));
  process.stderr.write(openDoorWarning(options));
  if (options.json === true) {
    // Framed TCP without a health port has no health endpoint.
    const health = healthUrl === "" ? {} : { healthUrl };
    process.stdout.write(`${JSON.stringify({ url, port, ...health, pid: process.pid })}\n`);
  }
  await stopped;
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
