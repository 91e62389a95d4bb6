/** The part of js-yaml that is used here; the package has no types of its own. */
declare module "js-yaml" {
  export class YAMLException extends Error {
    readonly reason: string;
    /** Both count from 0. */
    readonly mark?: { readonly line: number; readonly column: number };
  }
  interface Type {
    readonly tag: string;
  }
  interface Schema {
    extend(types: { readonly implicit: readonly Type[] }): Schema;
  }
  export const CORE_SCHEMA: Schema;
  export const types: { readonly merge: Type };
  export function load(text: string, options: { readonly schema: Schema }): unknown;
}
