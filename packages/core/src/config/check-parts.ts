import { explainViolations } from "./explain-violations.ts";
import type { IssueDraft } from "./issue-draft.ts";
import type { KeyPath } from "./key-path.ts";
import type { PluginPart } from "./plugin-parts.ts";

/** Checks what belongs to plugins against their schemas, and fills in their defaults. */
export async function checkParts(
  parts: readonly PluginPart[],
  isHidden: (path: KeyPath) => boolean,
): Promise<readonly IssueDraft[]> {
  const issues = await Promise.all(
    parts.map(async ({ path, value, schema, part, owner }) => {
      const validate = await owner.validators.validator(part);
      if (validate(value)) return [];
      return explainViolations({ path, value, schema, violations: validate.errors ?? [], isHidden });
    }),
  );
  return issues.flat();
}
