import type { JsonValue } from "../plugin/json.ts";
import { isArray, isObject, mutableCopy, setMember } from "./json-object.ts";
import type { MutableJson, MutableObject } from "./json-object.ts";
import { formatKey, pointerOf } from "./key-path.ts";
import type { KeyPath } from "./key-path.ts";
import type { ConfigDescription } from "./resolved-config.ts";

const REDACTED = "[redacted]";

export interface DescribedConfig {
  /** Core's part and the checked `auth` and `with` in it. */
  readonly core: JsonValue;
  /** Sections by path. */
  readonly sections: ReadonlyMap<string, JsonValue>;
  /** Pointers of values that are secret by their schema. */
  readonly secretPointers: ReadonlySet<string>;
  /** Texts that are secret wherever they stand. */
  readonly secrets: readonly string[];
  readonly originAt: (path: KeyPath) => string;
}

/** The effective configuration for people: redacted, with the origin of each leaf. */
export function describeConfig(described: DescribedConfig): ConfigDescription {
  const whole: MutableObject = {};
  const core = mutableCopy(described.core);
  if (isObject(core)) Object.assign(whole, core);
  for (const [path, section] of described.sections) insert(whole, path.split("."), mutableCopy(section));
  const origins: { [key: string]: string } = {};
  const config = redact(whole, [], described, (path) => {
    origins[formatKey(path)] = described.originAt(path);
  });
  return { config: isObject(config) ? config : {}, origins };
}

function insert(root: MutableObject, path: KeyPath, value: MutableJson): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) return setMember(root, name, value);
  const known = root[name];
  const below: MutableObject = isObject(known) ? known : {};
  setMember(root, name, below);
  insert(below, rest, value);
}

function redact(
  value: MutableJson,
  path: KeyPath,
  described: DescribedConfig,
  onLeaf: (path: KeyPath) => void,
): JsonValue {
  if (described.secretPointers.has(pointerOf(path))) {
    onLeaf(path);
    return REDACTED;
  }
  if (isArray(value) && value.length > 0) {
    return value.map((item, index) => redact(item, [...path, `${index}`], described, onLeaf));
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    const object: MutableObject = {};
    for (const [name, member] of Object.entries(value)) {
      setMember(object, name, mutableCopy(redact(member, [...path, name], described, onLeaf)));
    }
    return object;
  }
  onLeaf(path);
  return typeof value === "string" ? redactText(value, described.secrets) : value;
}

function redactText(text: string, secrets: readonly string[]): string {
  const clean = secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  if (!/^[a-z][a-z0-9+.-]*:\/\/\S*\?/i.test(clean)) return clean;
  // Gateways and collectors take keys in the query.
  return clean.replace(/([?&][^=&#]*=)[^&#]*/g, `$1${REDACTED}`);
}
