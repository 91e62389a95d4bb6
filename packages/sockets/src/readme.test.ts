import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const packageDirectory = fileURLToPath(new URL("..", import.meta.url));

it("the example in the README runs as written", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? "";
  const printed = /prints:\n\n```text\n(.*?)```/s.exec(readme)?.[1] ?? "";
  // On stdin a module resolves its imports from the working directory, as in a user's project.
  const output = execFileSync(process.execPath, ["--input-type=module", "-"], {
    cwd: packageDirectory,
    input: example,
    encoding: "utf8",
  });
  expect(printed).not.toBe("");
  expect(output).toBe(printed);
});
