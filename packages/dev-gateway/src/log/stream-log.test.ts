import { PassThrough } from "node:stream";

import { expect, test } from "vitest";

import { streamLog } from "./stream-log.ts";

test("a line names session, origin and what is wrong, and cannot move the cursor", () => {
  const stream = new PassThrough();
  const log = streamLog(stream);
  log({ level: "info", message: "plain" });
  log({ level: "warn", session: "s1", message: "careful" });
  log({ level: "info", session: "s2", origin: "stderr", message: "\u001b[2J\ttab\nline" });
  log({ level: "debug", message: "not shown" });
  expect(String(stream.read())).toBe("plain\n[s1] warn: careful\n[s2 stderr] \\u001b[2J\ttab\\u000aline\n");
});
