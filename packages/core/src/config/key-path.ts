/** Members from the root of a configuration to one of its values. */
export type KeyPath = readonly string[];

const PLAIN = /^[A-Za-z_$][\w$-]*$/;
const INDEX = /^\d+$/;
const STEP = /\.?([^.[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y;

/** Writes a path as people read it: `gateway.endpoints[0].url`, `metrics.labels["a.b"]`. */
export function formatKey(path: KeyPath): string {
  let text = "";
  for (const member of path) {
    if (INDEX.test(member)) text += `[${member}]`;
    else if (PLAIN.test(member)) text += text === "" ? member : `.${member}`;
    else text += `[${JSON.stringify(member)}]`;
  }
  return text;
}

/** Reads what {@link formatKey} writes. */
export function parseKey(key: string): KeyPath {
  const path: string[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < key.length) {
    const start = STEP.lastIndex;
    const match = STEP.exec(key);
    if (match === null) throw new TypeError(`"${key}" is not a key path (at character ${start + 1})`);
    const [, name, index, quoted] = match;
    if (quoted !== undefined) path.push(String(JSON.parse(`"${quoted}"`)));
    else path.push(name ?? index ?? "");
  }
  return path;
}

/** Writes a path as a JSON Pointer. */
export function pointerOf(path: KeyPath): string {
  return path.map((member) => `/${member.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Reads a JSON Pointer. */
export function pathOf(pointer: string): KeyPath {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((member) => member.replaceAll("~1", "/").replaceAll("~0", "~"));
}
