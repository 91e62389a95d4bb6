// Checks that every package would be published as its package.json says.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const packages = join(dirname(fileURLToPath(import.meta.url)), "..", "packages");
let faults = 0;
for (const folder of readdirSync(packages)) {
  const { messages, pkg } = await publint({ pkgDir: join(packages, folder), strict: true });
  for (const message of messages) {
    faults++;
    console.error(`${folder}: ${formatMessage(message, pkg)}`);
  }
}
process.exitCode = faults === 0 ? 0 : 1;
