import type { PluginPart } from "./plugin-parts.ts";
import { valueAt } from "./json-object.ts";
import type { MutableObject } from "./json-object.ts";
import { formatKey, pointerOf } from "./key-path.ts";
import { CORE_SECRETS, secretValues, textsIn } from "./secret-values.ts";

/** Shorter texts would be found in half of all log lines. */
const SHORTEST_REDACTED = 8;

export interface CollectedSecrets {
  readonly pointers: ReadonlySet<string>;
  /** Texts to redact by value. */
  readonly texts: readonly string[];
  readonly warnings: readonly string[];
}

/** Collects the values that schemas call secret, and the parts of them that references brought in. */
export function collectSecrets(
  core: MutableObject,
  parts: readonly PluginPart[],
  inserted: ReadonlyMap<string, readonly string[]>,
): CollectedSecrets {
  const found = [
    ...CORE_SECRETS.map((path) => ({ path, value: valueAt(core, path) ?? null })),
    ...parts.flatMap(({ schema, value, path }) => secretValues(schema, value, path)),
  ];
  const texts = new Set<string>();
  const warnings = new Set<string>();
  for (const { path, value } of found) {
    for (const text of [...textsIn(value), ...(inserted.get(pointerOf(path)) ?? [])]) {
      if (text.length >= SHORTEST_REDACTED) texts.add(text);
      else if (text !== "") {
        warnings.add(
          `${formatKey(path)} is shorter than ${SHORTEST_REDACTED} characters: too short to be redacted where it shows up in logs`,
        );
      }
    }
  }
  return { pointers: new Set(found.map(({ path }) => pointerOf(path))), texts: [...texts], warnings: [...warnings] };
}
