import type { LoadedManifest } from "../host/manifest.ts";
import { buildConfig } from "./build-config.ts";
import { checkCore, warnAboutCore } from "./check-core.ts";
import { checkDialects, warnAboutDialects } from "./check-dialects.ts";
import { checkEndpoints } from "./check-endpoints.ts";
import { checkFraming } from "./check-framing.ts";
import { checkParts } from "./check-parts.ts";
import { collectSecrets } from "./collect-secrets.ts";
import { composeRootSchema } from "./compose-schema.ts";
import { contributionsOf } from "./contributions.ts";
import type { ConfigContributions } from "./contributions.ts";
import type { CheckedCore } from "./core-schema.ts";
import { explainViolations } from "./explain-violations.ts";
import { hasIssueAt } from "./issue-draft.ts";
import type { IssueDraft } from "./issue-draft.ts";
import { isObject, valueAt } from "./json-object.ts";
import type { MutableObject } from "./json-object.ts";
import { pointerOf } from "./key-path.ts";
import type { KeyPath } from "./key-path.ts";
import { loadCoreValidator } from "./load-core-validator.ts";
import { locateIssues } from "./locate-issues.ts";
import { findAuth, findPluginOptions, takeSections } from "./plugin-parts.ts";
import { withoutViolations } from "./prune-violations.ts";
import { readLayers } from "./read-layers.ts";
import type { ConfigSource } from "./read-layers.ts";
import type { ResolvedConfig } from "./resolved-config.ts";
import { findUnavailableKeys } from "./unavailable-keys.ts";
import type { SchemaViolation, Validator } from "./validator.ts";

export interface ResolveConfigOptions extends ConfigSource {
  /** Every plugin that the configuration may use. */
  readonly manifests: readonly LoadedManifest[];
}

/**
 * Makes one checked configuration of its layers.
 *
 * @throws ConfigError with every fault there is, each with the place where it was written.
 */
export async function resolveConfig({ manifests, ...source }: ResolveConfigOptions): Promise<ResolvedConfig> {
  const read = await readLayers(source, manifests);
  const root = read.value;
  const contributions = contributionsOf(manifests);
  const isHidden = (path: KeyPath) => read.inserted.has(pointerOf(path));

  const issues: IssueDraft[] = [...read.issues];
  // What an earlier step found at a value is the cause of what a later one finds there.
  const report = (found: readonly IssueDraft[]) =>
    issues.push(...found.filter(({ path }) => !hasIssueAt(issues, path)));

  const sections = takeSections(root, contributions);
  const auth = findAuth(root, contributions);
  const options = findPluginOptions(root, manifests);
  const parts = [...sections.parts, ...auth.parts, ...options.parts];
  const unavailable = findUnavailableKeys(root);

  const validate = await loadCoreValidator();
  const violations = violationsOf(validate, root);
  if (violations.length > 0) report(explainCore(root, violations, manifests, isHidden));
  report(await checkParts(parts, isHidden));
  report([...sections.issues, ...auth.issues, ...options.issues, ...unavailable]);
  const core = sound(validate, root, violations);
  if (core !== undefined) report(checkMeaning(core, root, contributions));

  if (issues.length > 0 || core === undefined) {
    throw await locateIssues(issues, read.merged, read.layers);
  }
  const secrets = collectSecrets(root, parts, read.inserted);
  return buildConfig({
    core,
    sections: new Map(sections.parts.map(({ path, value }) => [path.join("."), value])),
    secrets,
    warnings: [...warnAboutCore(core), ...warnAboutDialects(core), ...secrets.warnings],
    originAt: read.originAt,
    directoryAt: read.directoryAt,
  });
}

function violationsOf(validate: Validator, value: unknown): readonly SchemaViolation[] {
  return validate(value) ? [] : (validate.errors ?? []);
}

function explainCore(
  value: MutableObject,
  violations: readonly SchemaViolation[],
  manifests: readonly LoadedManifest[],
  isHidden: (path: KeyPath) => boolean,
): readonly IssueDraft[] {
  return explainViolations({ path: [], value, schema: composeRootSchema(manifests), violations, isHidden });
}

/** Core's part: as it is when it is valid, else what is left without its faults. */
function sound(
  validate: Validator,
  value: MutableObject,
  violations: readonly SchemaViolation[],
): CheckedCore | undefined {
  if (violations.length === 0) return isValid(value, violations) ? value : undefined;
  const rest: unknown = withoutViolations(value, violations);
  return isValid(rest, violationsOf(validate, rest)) ? rest : undefined;
}

/** The type follows from the schema that the validator was made of. */
function isValid(value: unknown, violations: readonly SchemaViolation[]): value is CheckedCore {
  return violations.length === 0 && isObject(value);
}

function checkMeaning(
  core: CheckedCore,
  written: MutableObject,
  contributions: ConfigContributions,
): readonly IssueDraft[] {
  const endpoints = checkEndpoints(core, contributions.transports);
  // Faulty endpoints were left out of `core`, and yet somebody wrote them.
  const saysWhere = valueAt(written, ["gateway", "endpoints"]) !== undefined;
  return [
    ...endpoints.filter(({ code }) => code !== "MISSING_KEY" || !saysWhere),
    ...checkFraming(core, contributions),
    ...checkDialects(core, written),
    ...checkCore(core),
  ];
}
