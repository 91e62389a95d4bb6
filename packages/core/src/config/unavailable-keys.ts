import type { IssueDraft } from "./issue-draft.ts";
import { isArray, isObject } from "./json-object.ts";
import { formatKey } from "./key-path.ts";
import type { KeyPath } from "./key-path.ts";
import type { JsonValue } from "../plugin/json.ts";

export interface UnavailableKey {
  /** `*` stands for any member. */
  readonly path: KeyPath;
  /** Values that ask for nothing that is missing. */
  readonly isHarmless: (value: JsonValue) => boolean;
  /** What to do, as the end of a sentence. */
  readonly advice: string;
}

const never = () => false;
const REMOVE = "remove it";

/**
 * Keys that have a schema and no code yet. Writing one is an error, because a setting that does nothing is worse than
 * none. An entry goes when its code comes.
 */
export const UNAVAILABLE_KEYS: readonly UnavailableKey[] = [
  { path: ["plugins", "*", "integrity"], isHarmless: never, advice: REMOVE },
];

/** The written keys whose behaviour this version does not have. */
export function findUnavailableKeys(root: JsonValue): readonly IssueDraft[] {
  return UNAVAILABLE_KEYS.flatMap(({ path, isHarmless, advice }) =>
    matches(root, path)
      .filter(({ value }) => !isHarmless(value))
      .map(({ at, value }): IssueDraft => {
        const shown = advice === REMOVE || typeof value === "object" ? "" : ` ${JSON.stringify(value)}`;
        const message = `${formatKey(at)}${shown} is not available in this version of MCP Router; ${advice}`;
        return { code: "NOT_AVAILABLE", path: at, message };
      }),
  );
}

function matches(root: JsonValue, pattern: KeyPath): readonly { at: KeyPath; value: JsonValue }[] {
  let found: { at: KeyPath; value: JsonValue }[] = [{ at: [], value: root }];
  for (const name of pattern) {
    found = found.flatMap(({ at, value }) => {
      const members = isArray(value)
        ? value.map((item, index) => [`${index}`, item] as const)
        : isObject(value)
          ? Object.entries(value)
          : [];
      return members
        .filter(([member]) => name === "*" || name === member)
        .map(([member, item]) => ({ at: [...at, member], value: item }));
    });
  }
  return found;
}
