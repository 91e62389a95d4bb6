import type { JsonSchema } from "../plugin/json-schema.ts";
import type { JsonObject, JsonValue } from "../plugin/json.ts";
import type { KeyPath } from "./key-path.ts";
import type { ConfigLayer } from "./layers.ts";

type Environment = { readonly [name: string]: string | undefined };

const PREFIX = "MCP_";

/** Names that mean something else, whatever keys there are: Claude's own, tokens, and what deployments like to set. */
const NOT_OURS: ReadonlySet<string> = new Set([
  "MCP_AUTH_TOKEN",
  "MCP_CLIENT_SECRET",
  "MCP_CONNECT_TIMEOUT_MS",
  "MCP_CONNECTION_NONBLOCKING",
  "MCP_OAUTH_CALLBACK_PORT",
  "MCP_OAUTH_CLIENT_METADATA_URL",
  "MCP_REMOTE_SERVER_CONNECTION_BATCH_SIZE",
  "MCP_SERVER_CONNECTION_BATCH_SIZE",
  "MCP_TIMEOUT",
  "MCP_TOOL_TIMEOUT",
  "MCP_VERSION",
]);

/** Whether the environment has a name that could be a key: what spares most starts the rest of this file. */
function mayOverlay(env: Environment): boolean {
  return Object.keys(env).some((name) => name.startsWith(PREFIX) && !NOT_OURS.has(name));
}

/**
 * The layers that `MCP_<PATH>` variables make: `MCP_LOGGING_LEVEL` is `logging.level`. One for each variable, typed by the
 * schema; a text that is not of that type stays a text, and is refused with the variable's name. Empty ones and names
 * that are no key are left alone.
 */
export function environmentLayers(env: Environment, root: JsonSchema): readonly ConfigLayer[] {
  if (!mayOverlay(env)) return [];
  const layers: ConfigLayer[] = [];
  const leaves = leavesByVariable(root);
  for (const [name, text] of Object.entries(env)) {
    const leaf = NOT_OURS.has(name) ? undefined : leaves.get(name);
    if (leaf === undefined || text === undefined || text === "") continue;
    layers.push({
      origin: `environment variable ${name}`,
      kind: "environment",
      value: nest(leaf.path, readText(text, leaf.schemas)),
    });
  }
  return layers;
}

interface Leaf {
  readonly path: KeyPath;
  readonly schemas: JsonSchema[];
}

function leavesByVariable(root: JsonSchema): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const visit = (schema: JsonSchema, path: KeyPath): void => {
    const members = Object.entries(schema.properties ?? {});
    const choices = schema.oneOf ?? [];
    for (const [name, member] of members) visit(member, [...path, name]);
    for (const choice of choices) visit(choice, path);
    if (members.length > 0 || !isWritableAsText(schema)) return;
    const variable = `${PREFIX}${path.join("_").toUpperCase()}`;
    const known = leaves.get(variable);
    if (known === undefined) leaves.set(variable, { path, schemas: [schema] });
    else if (known.path.join(".") === path.join(".")) known.schemas.push(schema);
  };
  visit(root, []);
  return leaves;
}

function isWritableAsText({ type, enum: choices, const: only, items, anyOf }: JsonSchema): boolean {
  if (choices !== undefined || only !== undefined) return true;
  if (type === "array") return items !== undefined && isWritableAsText(items);
  if (anyOf !== undefined) return anyOf.some(isWritableAsText);
  return type === "string" || type === "number" || type === "integer" || type === "boolean";
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/** The value that `text` stands for under the first schema it can be read by; else the text. */
function readText(text: string, schemas: readonly JsonSchema[]): JsonValue {
  for (const schema of schemas) {
    const value = readAs(text, schema);
    if (value !== undefined) return value;
  }
  return text;
}

function readAs(text: string, schema: JsonSchema): JsonValue | undefined {
  const choices = schema.const === undefined ? schema.enum : [schema.const];
  if (choices !== undefined)
    return choices.find((choice) => (typeof choice === "string" ? choice : JSON.stringify(choice)) === text);
  if (schema.anyOf !== undefined)
    return schema.anyOf.map((choice) => readAs(text, choice)).find((value) => value !== undefined);
  if (schema.type === "boolean") return BOOLEANS.get(text);
  if (schema.type === "integer" || schema.type === "number") {
    return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined;
  }
  if (schema.type === "array") {
    return text.split(",").map((item) => readText(item.trim(), schema.items === undefined ? [] : [schema.items]));
  }
  return schema.type === "string" ? text : undefined;
}

function nest(path: KeyPath, leaf: JsonValue): JsonObject {
  const [name = "", ...rest] = path;
  const value = rest.length === 0 ? leaf : nest(rest, leaf);
  return { [name]: value };
}
