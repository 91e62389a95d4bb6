import { howToAdd, STANDARD_AUTH } from "./first-party.ts";
import type { IssueDraft } from "./issue-draft.ts";
import { formatKey } from "./key-path.ts";
import type { KeyPath } from "./key-path.ts";
import { nearestName } from "./nearest-name.ts";

/** Says that no loaded plugin knows an `auth.type`, and which was meant or has to be added. */
export function unknownAuth(type: string, path: KeyPath, known: readonly string[]): IssueDraft {
  const standard = STANDARD_AUTH.get(type);
  if (standard !== undefined) {
    const message = `${formatKey(path)}: ${type} needs the plugin ${standard.packageName}, which is not loaded; ${howToAdd(standard)}`;
    return { code: "PLUGIN_NOT_LOADED", path, message };
  }
  const suggestion = nearestName(type, [...known, ...STANDARD_AUTH.keys()]);
  const choice = known.length === 0 ? "no auth plugin is loaded" : `expected ${known.join(", ")}`;
  const advice = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
  const message = `${formatKey(path)} names the scheme ${JSON.stringify(type)}, for which there is no plugin; ${choice}${advice}`;
  return { code: "UNKNOWN_AUTH_TYPE", path, message, expected: known.join(", "), suggestion };
}
