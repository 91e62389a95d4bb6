import { readFileSync } from "node:fs";

/** The block of code in a document of this repository, from its root on, that contains a text. */
export function documentedCode(document: string, language: string, containing: string): string {
  const text = readFileSync(new URL(`../../${document}`, import.meta.url), "utf8");
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, code]) => code ?? "",
  );
  const found = blocks.find((code) => code.includes(containing));
  if (found === undefined) throw new Error(`${document} has no ${language} with ${containing}`);
  return found;
}
