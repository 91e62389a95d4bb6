import type { SourcePosition } from "@mcp-router/core";

/** Line and column of an offset; both count from 1. */
export function positionInText(text: string, offset: number): SourcePosition {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - lineStart + 1 };
}
