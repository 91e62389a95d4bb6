import { isDeepStrictEqual } from "node:util";

const SHOWN_CHARACTERS = 160;

/** Where two values differ, one line for each place: recordings are too large for a diff of the whole. */
export function differences(direct: unknown, routed: unknown, path = "recording"): readonly string[] {
  if (isDeepStrictEqual(direct, routed)) return [];
  if (!isContainer(direct) || !isContainer(routed) || Array.isArray(direct) !== Array.isArray(routed)) {
    return [`${path}: ${show(direct)} → ${show(routed)}`];
  }
  const [before, after] = [new Map(Object.entries(direct)), new Map(Object.entries(routed))];
  const found = [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
    differences(before.get(key), after.get(key), `${path}.${key}`),
  );
  // Not equal, and yet no member that differs: a key with the value undefined, or -0.
  return found.length > 0 ? found : [`${path}: ${show(direct)} → ${show(routed)}`];
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)` : text;
}
