import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileSchema } from "../config/compile-validators.ts";
import { coreSchema } from "../config/core-schema.ts";
import { mutableCopy } from "../config/json-object.ts";
import type { Validator } from "../config/validator.ts";
import type { JsonSchema } from "../plugin/json-schema.ts";
import type { JsonValue } from "../plugin/json.ts";
import { standaloneValidators } from "./standalone-validators.ts";

const directory = await mkdtemp(join(tmpdir(), "mcp-router-validators-"));
let precompiled: Validator;
let compiled: Validator;

beforeAll(async () => {
  const file = join(directory, "validators.mjs");
  await writeFile(file, standaloneValidators(new Map([["validateCore", coreSchema]])));
  const module: { validateCore: Validator } = await import(/* @vite-ignore */ pathToFileURL(file).href);
  precompiled = module.validateCore;
  compiled = await compileSchema(coreSchema);
});
afterAll(() => rm(directory, { recursive: true }));

/** Values that are right, nearly right, and wrong for a schema. */
function valuesOf(schema: JsonSchema): fc.Arbitrary<JsonValue> {
  const wrong = fc.oneof(fc.constantFrom<JsonValue>(null, "", "x", -1, 0, 1, 1.5, 1e10, true, [], {}), fc.string());
  if (schema.enum !== undefined) return fc.oneof(fc.constantFrom(...schema.enum), wrong);
  if (schema.type === "array" && schema.items !== undefined)
    return fc.oneof(fc.array(valuesOf(schema.items), { maxLength: 2 }), wrong);
  if (schema.type === "object" && schema.properties !== undefined) {
    const members = Object.entries(schema.properties).map(([name, member]) => [name, valuesOf(member)] as const);
    const object = fc.record<{ [name: string]: JsonValue }>(
      { ...Object.fromEntries(members), unknown: wrong },
      { requiredKeys: [] },
    );
    return fc.oneof({ weight: 5, arbitrary: object }, { weight: 1, arbitrary: wrong });
  }
  return wrong;
}

describe("standaloneValidators", () => {
  it("agrees with ajv on every value: verdict, findings and defaults", () => {
    let accepted = 0;
    fc.assert(
      fc.property(valuesOf(coreSchema), (value) => {
        const one = mutableCopy(value);
        const other = mutableCopy(value);
        expect(precompiled(one)).toBe(compiled(other));
        expect(one).toEqual(other);
        expect(summary(precompiled)).toEqual(summary(compiled));
        if (compiled.errors === null) accepted += 1;
      }),
      { numRuns: 300, seed: 7 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  it("refuses a schema that is not valid", () => {
    expect(() => standaloneValidators(new Map([["x", { type: "object", required: ["absent"] }]]))).toThrow(
      /^schema of x: /,
    );
  });

  it("refuses what would need ajv at run time, and says what to write instead", () => {
    const needsEqual: JsonSchema = { type: "object", properties: { a: { enum: [{ b: 1 }] } } };
    expect(() => standaloneValidators(new Map([["x", needsEqual]]))).toThrow(
      /helper "equal" at run time; leave out uniqueItems/,
    );
  });
});

const summary = ({ errors }: Validator) =>
  (errors ?? []).map(({ instancePath, keyword, params }) => [instancePath, keyword, params]);
