import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const script = fileURLToPath(new URL("../../scripts/config-reference.mjs", import.meta.url));

it("docs/configuration.md and the option tables of the plugins say what the schemas say", async () => {
  const { stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, "--check"]);
  expect(stderr).toBe("");
});
