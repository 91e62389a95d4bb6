import { createHash } from "node:crypto";
import { readFile, realpath } from "node:fs/promises";
import { basename, extname } from "node:path";
import { pathToFileURL } from "node:url";

import type { ConfigLayer } from "@mcp-router/core";

import { asJsonObject } from "./as-json-object.ts";
import { ConfigFileError } from "./config-file-error.ts";
import { parseJsonText, parseYamlText } from "./parse-config-text.ts";
import { positionFinder } from "./position-finder.ts";

/** The member of `package.json` that holds a configuration. */
export const PACKAGE_PROPERTY = "mcp-router";

export interface ConfigFileText {
  /** Absolute path, links resolved: what trust is given to. */
  readonly file: string;
  readonly text: string;
  /** Of the bytes of the file, in hex. */
  readonly sha256: string;
}

/** Reads a configuration file without running or believing anything in it. */
export async function readConfigText(path: string): Promise<ConfigFileText> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  refuseByteOrderMark(path, bytes);
  const text = bytes.toString("utf8");
  if (text.trim() === "") throw new ConfigFileError("the file is empty", { file: path, hint: NEEDED });
  return { file: await realpath(path), text, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Turns the text into a layer. `.js`, `.mjs` and `.ts` files are imported, which runs them. */
export async function parseConfigFile(
  { file, text }: ConfigFileText,
  importModule: (url: string) => Promise<unknown>,
): Promise<ConfigLayer> {
  const layer = { origin: file, file, kind: "file" as const };
  switch (extname(file)) {
    case ".yaml":
    case ".yml":
      return { ...layer, value: asJsonObject(await parseYamlText(file, text), file), locate: positionFinder(text) };
    case ".json": {
      const value = parseJsonText(file, text);
      if (basename(file) !== "package.json")
        return { ...layer, value: asJsonObject(value, file), locate: positionFinder(text) };
      const own = asJsonObject(memberOf(value, PACKAGE_PROPERTY), file);
      return { ...layer, value: own, locate: positionFinder(text, `/${PACKAGE_PROPERTY}`) };
    }
    case ".js":
    case ".mjs":
    case ".ts":
    case ".mts":
      return { ...layer, value: asJsonObject(await defaultExport(file, importModule), file) };
    default:
      throw new ConfigFileError(`"${extname(file)}" is not a format of configuration files`, {
        file,
        hint: "Use .yaml, .yml, .json, .js, .mjs or .ts.",
      });
  }
}

const NEEDED = 'It needs at least "gateway:" with a "url:" in it.';

async function defaultExport(file: string, importModule: (url: string) => Promise<unknown>): Promise<unknown> {
  const module = await importModule(pathToFileURL(file).href).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigFileError(`it cannot be run: ${reason}`, { file, cause });
  });
  const value = memberOf(module, "default");
  if (value === undefined)
    throw new ConfigFileError("it has no default export", { file, hint: "Write: export default { … }" });
  return value;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

// Editors that write one of these marks mostly write the wrong encoding with it.
function refuseByteOrderMark(file: string, bytes: Buffer): void {
  const mark = bytes.subarray(0, 3).toString("hex");
  const hint = "Save the file as UTF-8 without a byte order mark.";
  if (mark === "efbbbf") throw new ConfigFileError("the file begins with a byte order mark", { file, line: 1, hint });
  if (mark.startsWith("fffe") || mark.startsWith("feff")) {
    throw new ConfigFileError("the file is UTF-16, not UTF-8", { file, line: 1, hint });
  }
}

function unreadable(file: string, cause: unknown): ConfigFileError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT") return new ConfigFileError("there is no such file", { file, cause });
  if (code === "EISDIR") return new ConfigFileError("this is a directory, not a file", { file, cause });
  if (code === "EACCES") return new ConfigFileError("you may not read this file", { file, cause });
  return new ConfigFileError(`it cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
    file,
    cause,
  });
}
