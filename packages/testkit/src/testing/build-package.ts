import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of this package. */
export const packageDirectory = fileURLToPath(new URL("../..", import.meta.url));

/** Brings `dist` up to date, for tests that run it as users do: in a process of its own, without a test runner. */
export function buildPackage(): void {
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  execFileSync(process.execPath, [compiler, "-b", packageDirectory], { stdio: "inherit" });
}
