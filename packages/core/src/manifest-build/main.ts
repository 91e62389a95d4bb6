import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isObject } from "../config/json-object.ts";
import { RouterError } from "../errors/router-error.ts";
import { buildCoreValidator } from "./core-validator.ts";
import { ManifestBuildError } from "./manifest-build-error.ts";
import { manifestOfExports } from "./package-exports.ts";
import { validatorsModule } from "./validators-module.ts";

/** `mcp-router-manifest`: writes the manifest and the validators of the built package in the working directory. */
async function main(words: readonly string[]): Promise<void> {
  if (words.includes("--core")) return buildCoreValidator();
  await buildPackage(process.cwd());
}

async function buildPackage(directory: string): Promise<void> {
  const packageJson: unknown = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
  const field = isObject(packageJson) ? packageJson["mcpRouter"] : undefined;
  const named = isObject(field) ? field["manifest"] : undefined;
  if (typeof named !== "string") {
    throw new ManifestBuildError(`package.json lacks "mcpRouter": { "manifest": "./dist/manifest.json" }`);
  }
  const file = resolve(directory, named);
  const entry = join(dirname(file), "index.js");
  const module: unknown = await import(pathToFileURL(entry).href);
  const manifest = manifestOfExports(isObject(module) ? module["default"] : undefined);
  await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(dirname(file), "validators.js"), validatorsModule(manifest));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`mcp-router-manifest: ${RouterError.is(error) ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
