import { basename, dirname, parse } from "node:path";
import { fileURLToPath } from "node:url";

import { systemConfigDirectory, userConfigDirectory } from "./config-directories.ts";
import type { Environment } from "./config-directories.ts";
import { PACKAGE_PROPERTY } from "./read-config-file.ts";

/** Names that are looked for, in this order, in every directory. */
const CONFIG_FILE_NAMES: readonly string[] = ["yaml", "yml", "json", "js", "mjs", "ts"].map(
  (extension) => `mcp-router.${extension}`,
);

export interface FoundConfigFile {
  readonly path: string;
  /** `project`: in or above the working directory, so perhaps not written by the user. */
  readonly scope: "project" | "user" | "system";
}

/**
 * Looks for a configuration file: from the working directory upwards (there also in `package.json`), then in the
 * user's, then in the system's configuration directory. Nothing that is found is parsed or run.
 */
export async function findConfigFile(workingDirectory: string, env: Environment): Promise<FoundConfigFile | undefined> {
  const user = userConfigDirectory(env);
  const system = systemConfigDirectory(env);
  const found = await search(workingDirectory, [...CONFIG_FILE_NAMES, "package.json"], "upwards");
  if (found !== undefined) {
    const directory = dirname(found);
    if (directory === user) return { path: found, scope: "user" };
    return { path: found, scope: directory === system ? "system" : "project" };
  }
  for (const [directory, scope] of [
    [user, "user"],
    [system, "system"],
  ] as const) {
    const path = await search(directory, CONFIG_FILE_NAMES, "here");
    if (path !== undefined) return { path, scope };
  }
  return undefined;
}

async function search(from: string, names: readonly string[], reach: "here" | "upwards"): Promise<string | undefined> {
  const { cosmiconfig } = await import("cosmiconfig");
  const explorer = withoutForeignSettings(() =>
    cosmiconfig(PACKAGE_PROPERTY, {
      searchPlaces: [...names],
      // Only whether it is there: parsing and running wait until the file is trusted.
      loaders: Object.fromEntries(
        [".yaml", ".yml", ".json", ".js", ".mjs", ".ts"].map((extension) => [extension, contents]),
      ),
      ignoreEmptySearchPlaces: false,
      cache: false,
      ...(reach === "here" ? { searchStrategy: "none" as const } : { stopDir: parse(from).root }),
    }),
  );
  const result = await explorer.search(from);
  return result?.filepath;
}

function contents(path: string, text: string): unknown {
  if (basename(path) !== "package.json") return {};
  try {
    return JSON.parse(text);
  } catch {
    // The package.json of whoever owns the directory; if it is broken, that is not for us to say.
    return {};
  }
}

/**
 * Runs `make` in a directory of our own.
 *
 * @remarks cosmiconfig configures itself from the working directory as soon as an explorer is made, and for that it
 * runs `.config/config.js` there. In a cloned repository that would be somebody else's code.
 */
function withoutForeignSettings<T>(make: () => T): T {
  const workingDirectory = process.cwd();
  process.chdir(dirname(fileURLToPath(import.meta.url)));
  try {
    return make();
  } finally {
    process.chdir(workingDirectory);
  }
}
