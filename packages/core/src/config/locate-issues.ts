import { ConfigError } from "../errors/config-error.ts";
import type { ConfigIssue } from "../errors/config-error.ts";
import type { IssueDraft } from "./issue-draft.ts";
import { formatKey, pathOf, pointerOf } from "./key-path.ts";
import type { ConfigLayer, MergedLayers, Source, SourcePosition } from "./layers.ts";

/** The error of some faults: says of each which layer wrote it, and where in its text. */
export async function locateIssues(
  drafts: readonly IssueDraft[],
  merged: MergedLayers,
  layers: readonly ConfigLayer[],
): Promise<ConfigError> {
  const issues = await Promise.all(
    drafts.map(async ({ path, ...draft }) => {
      const source = merged.sourceOf(pointerOf(path)) ?? whereKeysAreWritten(layers);
      const position = source === undefined ? undefined : await positionOf(source);
      return {
        ...draft,
        key: formatKey(path),
        origin: source?.layer.origin ?? "configuration",
        file: source?.layer.file,
        line: position?.line,
        column: position?.column,
      };
    }),
  );
  return new ConfigError(inReadingOrder(issues));
}

/** Layer by layer as faults were found, and within one from top to bottom. */
function inReadingOrder(issues: readonly ConfigIssue[]): readonly ConfigIssue[] {
  const origins = [...new Set(issues.map(({ origin }) => origin))];
  return issues.toSorted(
    (one, other) =>
      origins.indexOf(one.origin) - origins.indexOf(other.origin) ||
      (one.line ?? 0) - (other.line ?? 0) ||
      (one.column ?? 0) - (other.column ?? 0),
  );
}

/** What is missing has no place of its own; it belongs into the file. */
function whereKeysAreWritten(layers: readonly ConfigLayer[]): Source | undefined {
  const layer = layers.findLast(({ kind = "file" }) => kind === "file") ?? layers.at(-1);
  return layer === undefined ? undefined : { layer, pointer: "" };
}

/** The place of a value, or of the nearest value around it. A file that cannot be read again has no places. */
async function positionOf({ layer, pointer }: Source): Promise<SourcePosition | undefined> {
  if (layer.locate === undefined) return undefined;
  for (let path = pathOf(pointer); path.length > 0; path = path.slice(0, -1)) {
    try {
      const position = await layer.locate(pointerOf(path));
      if (position !== undefined) return position;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
