import { isAbsolute, join } from "node:path";
import type { IssueDraft } from "./issue-draft.ts";
import { isArray, isObject, setMember } from "./json-object.ts";
import type { MutableJson, MutableObject } from "./json-object.ts";
import { formatKey, pointerOf } from "./key-path.ts";
import type { KeyPath } from "./key-path.ts";

/** What references point into. */
export interface ReferenceContext {
  readonly env: { readonly [name: string]: string | undefined };
  readonly readFile: (path: string) => Promise<string>;
  /** What a relative `${file:…}` written at that place starts from. */
  readonly directoryAt: (path: KeyPath) => string;
}

export interface ExpandedReferences {
  readonly issues: readonly IssueDraft[];
  /** The texts that came in, by the pointer of the value they went into. */
  readonly inserted: ReadonlyMap<string, readonly string[]>;
}

// An escaped reference, a whole one, or the start of one that never ends.
const REFERENCE = /\$\$\{[^}]*\}|\$\{([^}]*)\}|\$\{/g;
const VARIABLE = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;
const FILE = /^file:(.+)$/s;

/**
 * Puts the values of `${env:NAME}`, `${env:NAME:-default}` and `${file:path}` into every text of a configuration, in place.
 * `$${…}` stands for the text `${…}`. What came in is not expanded again.
 */
export async function expandReferences(root: MutableObject, context: ReferenceContext): Promise<ExpandedReferences> {
  const issues: IssueDraft[] = [];
  const inserted = new Map<string, readonly string[]>();

  const visit = async (value: MutableJson, path: KeyPath): Promise<MutableJson> => {
    if (typeof value === "string") {
      if (!value.includes("${")) return value;
      const expanded = await expandText(value, path, context);
      issues.push(...expanded.issues);
      if (expanded.inserted.length > 0) inserted.set(pointerOf(path), expanded.inserted);
      return expanded.text;
    }
    if (isArray(value)) {
      for (const [index, item] of value.entries()) value[index] = await visit(item, [...path, `${index}`]);
    } else if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) setMember(value, name, await visit(member, [...path, name]));
    }
    return value;
  };

  await visit(root, []);
  return { issues, inserted };
}

async function expandText(
  text: string,
  path: KeyPath,
  context: ReferenceContext,
): Promise<{ text: string; inserted: readonly string[]; issues: readonly IssueDraft[] }> {
  const inserted: string[] = [];
  const issues: IssueDraft[] = [];
  let result = "";
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [whole, inner] = match;
    result += text.slice(end, match.index);
    end = match.index + whole.length;
    if (whole.startsWith("$$")) {
      result += whole.slice(1);
      continue;
    }
    const found = await lookUp(whole, inner ?? "", path, context);
    if (typeof found === "string") {
      inserted.push(found);
      result += found;
    } else {
      issues.push(found);
    }
  }
  return { text: result + text.slice(end), inserted, issues };
}

async function lookUp(
  whole: string,
  inner: string,
  path: KeyPath,
  { env, readFile, directoryAt }: ReferenceContext,
): Promise<string | IssueDraft> {
  const key = formatKey(path);
  const variable = VARIABLE.exec(inner);
  if (variable !== null) {
    const [, name = "", fallback] = variable;
    const set = env[name];
    const value = set === undefined || (set === "" && fallback !== undefined) ? fallback : set;
    if (value === undefined) {
      const message = `${key} refers to the environment variable ${name}, which is not set; set it, or give a default: \${env:${name}:-default}`;
      return { code: "MISSING_VARIABLE", path, message };
    }
    if (!/\$\{[^}]*\}/.test(value)) return value;
    // A launcher that failed to expand its own references hands them on as they are.
    const message = `${key} refers to the environment variable ${name}, and that holds a \${…} which nothing expanded`;
    return { code: "BAD_REFERENCE", path, message };
  }
  const file = FILE.exec(inner)?.[1];
  if (file !== undefined) {
    const absolute = isAbsolute(file) ? file : join(directoryAt(path), file);
    try {
      return (await readFile(absolute)).replace(/\r?\n$/, "");
    } catch (error) {
      const message = `${key} refers to the file ${absolute}, which cannot be read (${describeError(error)})`;
      return { code: "UNREADABLE_FILE", path, message };
    }
  }
  const suggestion = /^[A-Za-z_][A-Za-z0-9_]*$/.test(inner) ? `\${env:${inner}}` : undefined;
  const advice =
    suggestion === undefined
      ? "write ${env:NAME}, ${env:NAME:-default} or ${file:path}"
      : `did you mean ${suggestion}?`;
  const message = `${key} holds ${whole}, which is no reference: ${advice} ($${whole} stands for the text itself)`;
  return { code: "BAD_REFERENCE", path, message, suggestion };
}

/** A system error's code (`ENOENT`), or else the message of whatever was thrown. */
function describeError(error: unknown): string {
  if (isObject(error) && typeof error["code"] === "string") return error["code"];
  return error instanceof Error ? error.message : String(error);
}
