import type { SourcePosition } from "@mcp-router/core";

/**
 * Finds where values are written in a YAML or JSON text: the key of a member, the start of an item; for a value that
 * is not there, the nearest one around it. `prefix` is the pointer to what the configuration starts at.
 */
export function positionFinder(
  text: string,
  prefix: string = "",
): (pointer: string) => Promise<SourcePosition | undefined> {
  return async (pointer) => {
    const { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } = await import("yaml");
    const lineCounter = new LineCounter();
    const document = parseDocument(text, { lineCounter, merge: true });
    let node: unknown = document.contents;
    let offset: number | undefined;
    for (const name of namesOf(prefix + pointer)) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
        if (pair === undefined) break;
        if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        const item: unknown = node.items[Number(name)];
        if (item === undefined) break;
        offset = (isMap(item) || isSeq(item) || isScalar(item) ? item.range?.[0] : undefined) ?? offset;
        node = item;
      } else break;
    }
    if (offset === undefined) return undefined;
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
}

function namesOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}
