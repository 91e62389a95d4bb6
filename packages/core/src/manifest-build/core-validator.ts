import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { coreSchema } from "../config/core-schema.ts";
import { CORE_VALIDATOR_FILE } from "../config/load-core-validator.ts";
import { standaloneValidators } from "./standalone-validators.ts";

/** Writes core's own validator beside the built modules: the build puts them all into one folder. */
export async function buildCoreValidator(): Promise<void> {
  const code = standaloneValidators(new Map([["validateCore", coreSchema]]));
  const file = fileURLToPath(new URL(CORE_VALIDATOR_FILE, import.meta.url));
  await writeFile(file, `// Written by mcp-router-manifest --core.\n${code}`);
}
