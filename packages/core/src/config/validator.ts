/** One schema violation, in ajv's terms. */
export interface SchemaViolation {
  /** JSON Pointer to the value at fault, relative to the validated value. */
  readonly instancePath: string;
  /** Path of the keyword in the schema. */
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: { readonly [name: string]: unknown };
}

/** A compiled schema: fills in defaults, and leaves its findings in `errors` like ajv's functions do. */
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly SchemaViolation[] | null;
}

/** Finds the validator of a part of a plugin, precompiled when the package has it, compiled on demand otherwise. */
export interface ValidatorSource {
  /** `section:<path>`, `options`, `transport:<scheme>`, `auth:<type>`. */
  validator(part: string): Promise<Validator>;
}
