import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { buildPackage, packageDirectory } from "./testing/build-package.ts";

it("the example in the README runs as written", () => {
  buildPackage();
  const readme = readFileSync(join(packageDirectory, "README.md"), "utf8");
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? "";
  const printed = /prints:\n\n```\n(.*?)```/s.exec(readme)?.[1] ?? "";
  // On stdin a module resolves its imports from the working directory, as in a user's project.
  const output = execFileSync(process.execPath, ["--input-type=module", "-"], {
    cwd: packageDirectory,
    input: example,
    encoding: "utf8",
  });
  expect(printed).not.toBe("");
  expect(output).toBe(printed);
});
