import { PLUGIN_API_VERSION } from "../plugin/brand.ts";

const CARET = /^\^(\d+)(?:\.(\d+))?(?:\.(\d+))?$/;

/**
 * Whether this router's plugin API is inside `range`. Caret ranges, which is what authors are told to write, are compared
 * here; any other range is worth loading semver for.
 */
export async function satisfiesApi(range: string): Promise<boolean> {
  const caret = CARET.exec(range);
  if (caret === null) {
    const { default: satisfies } = await import("semver/functions/satisfies.js");
    return satisfies(PLUGIN_API_VERSION, range);
  }
  const wanted = caret.slice(1).map((part) => Number(part ?? 0));
  const offered = PLUGIN_API_VERSION.split(".").map(Number);
  if (wanted[0] !== offered[0]) return false;
  const difference = wanted.map((part, index) => (offered[index] ?? 0) - part).find((each) => each !== 0);
  return difference === undefined || difference > 0;
}
