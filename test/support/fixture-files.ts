import { readFileSync } from "node:fs";

const FIXTURES = new URL("../fixtures/", import.meta.url);

/** The texts of files in `test/fixtures`, to be written somewhere else under the same paths. */
export function fixtureFiles(...paths: readonly string[]): { readonly [path: string]: string } {
  return Object.fromEntries(paths.map((path) => [path, readFileSync(new URL(path, FIXTURES), "utf8")]));
}
