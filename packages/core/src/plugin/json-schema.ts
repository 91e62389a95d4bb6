import type { JsonValue } from "./json.ts";

/** The part of JSON Schema (draft 7, as ajv reads it) that option schemas use. */
export interface JsonSchema {
  readonly type?: "string" | "number" | "integer" | "boolean" | "object" | "array" | "null";
  readonly title?: string;
  readonly description?: string;
  readonly default?: JsonValue;
  readonly examples?: readonly JsonValue[];
  readonly enum?: readonly JsonValue[];
  readonly const?: JsonValue;
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly required?: readonly string[];
  /** By a member, the members that must be beside it. */
  readonly dependencies?: { readonly [name: string]: readonly string[] };
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  /** The value names a secret: it is never printed. */
  readonly writeOnly?: boolean;
}

type Scalar<T> = T extends "string"
  ? string
  : T extends "number" | "integer"
    ? number
    : T extends "boolean"
      ? boolean
      : null;

type RequiredNames<S> = S extends { readonly required: readonly (infer N extends string)[] } ? N : never;
type DefaultedNames<P> = { [K in keyof P]: P[K] extends { readonly default: JsonValue } ? K : never }[keyof P];
type Simplify<T> = { [K in keyof T]: T[K] };

type InferObject<S, P> = Simplify<
  { readonly [K in Extract<keyof P, RequiredNames<S> | DefaultedNames<P>>]: InferOptions<P[K]> } & {
    readonly [K in Exclude<keyof P, RequiredNames<S> | DefaultedNames<P>>]?: InferOptions<P[K]>;
  }
>;

/**
 * The TypeScript type of the values that a literal option schema accepts, after defaults were filled in.
 *
 * Covers what option schemas use: objects, arrays, scalars, `enum`, `const` and unions. Small on purpose: general
 * inference from JSON Schema takes the compiler tens of seconds.
 */
export type InferOptions<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly anyOf: readonly (infer U)[] } | { readonly oneOf: readonly (infer U)[] }
      ? InferOptions<U>
      : S extends { readonly type: "object"; readonly properties: infer P }
        ? InferObject<S, P>
        : S extends { readonly type: "object"; readonly additionalProperties: infer A }
          ? { readonly [name: string]: InferOptions<A> }
          : S extends { readonly type: "array"; readonly items: infer I }
            ? readonly InferOptions<I>[]
            : S extends { readonly type: infer T extends "string" | "number" | "integer" | "boolean" | "null" }
              ? Scalar<T>
              : JsonValue;
