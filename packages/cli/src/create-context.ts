import type { CommandContext } from "./command-context.ts";
import { BoundedWriter } from "./log/bounded-writer.ts";
import { Redactor } from "@mcp-router/core";
import { People } from "./output/people.ts";
import { takeStdout } from "./private-stdout.ts";

/** Takes over the process: from here on stdout is private, and a closed stderr ends nothing. */
export function createContext(): CommandContext {
  const redactor = new Redactor();
  const stderr = new BoundedWriter(process.stderr);
  const people = new People(stderr, redactor);
  const stdout = takeStdout((text, count) => {
    if (count === 1)
      people.tell("a plugin or dependency wrote to stdout, which is the protocol's; it goes here instead:");
    people.pass(text);
  });
  return { stdout, stderr, people, redactor, env: process.env, workingDirectory: process.cwd() };
}
