import type { JsonSchema } from "../plugin/json-schema.ts";
import type { JsonObject, JsonValue } from "../plugin/json.ts";
import { describeExpected, describeKind, describeValue } from "./describe-value.ts";
import type { IssueDraft } from "./issue-draft.ts";
import { isObject, valueAt } from "./json-object.ts";
import { formatKey, pathOf, pointerOf } from "./key-path.ts";
import type { KeyPath } from "./key-path.ts";
import { nearestName } from "./nearest-name.ts";
import { isSecretAt, keysAt, schemasAt } from "./schema-at.ts";
import type { SchemaViolation } from "./validator.ts";

/** A value that did not meet its schema. */
export interface Checked {
  /** Where the value stands in the configuration. */
  readonly path: KeyPath;
  readonly value: JsonValue;
  readonly schema: JsonSchema;
  readonly violations: readonly SchemaViolation[];
  /** Whether the value at a path of the configuration must not be shown, whatever its schema says. */
  readonly isHidden: (path: KeyPath) => boolean;
}

/** Turns a validator's findings into faults that people can mend: one for each value. */
export function explainViolations(checked: Checked): readonly IssueDraft[] {
  const issues = new Map<string, IssueDraft>();
  for (const violation of withoutBranches(checked.violations)) {
    const draft = explain(violation, checked);
    const pointer = pointerOf(draft.path);
    if (!issues.has(pointer)) issues.set(pointer, draft);
  }
  return [...issues.values()];
}

/** Of a choice that failed, only the choice is reported, not what each of its branches found. */
function withoutBranches(violations: readonly SchemaViolation[]): readonly SchemaViolation[] {
  const choices = violations.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf");
  return violations.filter(
    (violation) => !choices.some(({ schemaPath }) => violation.schemaPath.startsWith(`${schemaPath}/`)),
  );
}

function explain({ keyword, params, instancePath }: SchemaViolation, checked: Checked): IssueDraft {
  const inside = pathOf(instancePath);
  if (keyword === "additionalProperties") {
    return explainUnknown([...inside, String(params["additionalProperty"])], checked);
  }
  if (keyword === "required" || keyword === "dependencies")
    return explainMissing([...inside, String(params["missingProperty"])], checked);
  return explainWrong(inside, keyword, checked);
}

function explainUnknown(inside: KeyPath, { path, schema }: Checked): IssueDraft {
  const whole = [...path, ...inside];
  const parent = whole.slice(0, -1);
  const nearest = nearestName(inside.at(-1) ?? "", keysAt(schema, inside.slice(0, -1)));
  const suggestion = nearest === undefined ? undefined : formatKey([...parent, nearest]);
  const advice = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
  return { code: "UNKNOWN_KEY", path: whole, message: `${formatKey(whole)} is not a known key${advice}`, suggestion };
}

function explainMissing(inside: KeyPath, { path, schema }: Checked): IssueDraft {
  const whole = [...path, ...inside];
  const [wanted] = schemasAt(schema, inside);
  const meaning = wanted?.description === undefined ? "" : ` (${wanted.description.replace(/\.$/, "")})`;
  const expected = wanted === undefined ? undefined : describeExpected(wanted);
  return { code: "MISSING_KEY", path: whole, message: `${formatKey(whole)} is missing${meaning}`, expected };
}

function explainWrong(inside: KeyPath, keyword: string, { path, schema, value, isHidden }: Checked): IssueDraft {
  const whole = [...path, ...inside];
  const key = whole.length === 0 ? "the configuration" : formatKey(whole);
  const wrong = valueAt(value, inside) ?? null;
  const [wanted = {}] = schemasAt(schema, inside);
  const expected = describeExpected(wanted);
  if (wrong === null) {
    const message = `${key} is empty: it must be ${expected}; write its value, or remove the key`;
    return { code: "WRONG_TYPE", path: whole, message, expected };
  }
  const keys = keysToChooseFrom(wanted);
  if (isObject(wrong) && keys.length > 0) return explainChoice(whole, keys, wrong);
  // People paste a token where its variable's name belongs; so nothing free-form under `auth` is shown.
  const isCredential = whole.includes("auth") && wanted.enum === undefined && wanted.const === undefined;
  const hidden = isCredential || isSecretAt(schema, inside) || isHidden(whole);
  const choices = wanted.enum?.filter((choice) => typeof choice === "string") ?? [];
  const suggestion = typeof wrong === "string" && !hidden ? nearestName(wrong, choices) : undefined;
  const advice = suggestion === undefined ? "" : `; did you mean ${JSON.stringify(suggestion)}?`;
  return {
    code: keyword === "type" ? "WRONG_TYPE" : "WRONG_VALUE",
    path: whole,
    message: `${key} must be ${expected}, not ${hidden ? describeKind(wrong) : describeValue(wrong)}${advice}`,
    expected,
    suggestion,
  };
}

/** The keys of which one must be there, where that is all that a schema's choice is about. */
function keysToChooseFrom({ oneOf = [], anyOf = [] }: JsonSchema): readonly string[] {
  const choices = [...oneOf, ...anyOf].map(({ type, required = [] }) => (type === undefined ? required : []));
  return choices.every(({ length }) => length === 1) ? choices.flat() : [];
}

function explainChoice(path: KeyPath, keys: readonly string[], value: JsonObject): IssueDraft {
  const written = keys.filter((key) => Object.hasOwn(value, key));
  const expected = `one of ${keys.join(", ")}`;
  if (written.length === 0)
    return { code: "MISSING_KEY", path, message: `${formatKey(path)} needs ${expected}`, expected };
  const message = `${formatKey(path)} has ${written.join(" and ")}; write only one of them`;
  return { code: "CONFLICT", path, message, expected };
}
