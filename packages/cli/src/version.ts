import { readFile } from "node:fs/promises";

/** The version in the `package.json` of this package. */
export async function versionOfThisPackage(): Promise<string> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  const { version }: { readonly version: string } = JSON.parse(text);
  return version;
}
