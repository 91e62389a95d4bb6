import { Command } from "commander";
import { expect, test } from "vitest";

import { CommandLine } from "./command-line.ts";

/** What a subcommand behind a parent program receives. */
async function received(words: readonly string[]): Promise<unknown> {
  let found: unknown;
  const child = new CommandLine("serve")
    .argument("[command...]")
    .option("--port <port>")
    .option("--loud")
    .action((command: unknown, options: unknown) => {
      found = { command, options };
    });
  const program = new Command("program").option("--config <file>").addCommand(child);
  await program.parseAsync(["serve", ...words], { from: "user" });
  return found;
}

test("everything after -- is the other program's", async () => {
  expect(await received(["--port", "1", "--", "npx", "-y", "server", "--port", "2"])).toEqual({
    command: ["npx", "-y", "server", "--port", "2"],
    options: { port: "1" },
  });
});

test("that holds when no option stands before --", async () => {
  expect(await received(["--", "npx", "-y", "server", "--help"])).toEqual({
    command: ["npx", "-y", "server", "--help"],
    options: {},
  });
});

test("the first plain word begins it too", async () => {
  expect(await received(["--loud", "--port=1", "node", "server.js", "--loud"])).toEqual({
    command: ["node", "server.js", "--loud"],
    options: { loud: true, port: "1" },
  });
});

test("without a program there is none", async () => {
  expect(await received(["--loud"])).toEqual({ command: [], options: { loud: true } });
});
