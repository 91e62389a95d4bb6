import type { Message } from "../plugin/message.ts";
import { compileGlob } from "./glob.ts";

/** `gateway.namespace.rules[]`: globs in which `*` stands for any text. With both, both must match. */
interface NamespaceRule {
  readonly method?: string | undefined;
  /** The name in `tools/call` and `prompts/get`. */
  readonly tool?: string | undefined;
  readonly namespace: string;
}

export interface NamespaceOptions {
  readonly default?: string | undefined;
  readonly rules?: readonly NamespaceRule[] | undefined;
}

export type NamespaceOf = (message: Pick<Message, "kind" | "method" | "name">) => string;

const SYSTEM = "system";
const SYSTEM_METHODS: ReadonlySet<string> = new Set(["initialize", "ping", "server/discover"]);
const NAMED_METHODS: ReadonlySet<string> = new Set(["tools/call", "prompts/get"]);
const CACHED = 1024;
const LONGEST_CACHED = 256;

/** Decides which namespace of the gateway a message is for: the first rule that matches, else by its method. */
export function createNamespaceRules(options: NamespaceOptions = {}): NamespaceOf {
  const fallback = options.default ?? "default";
  const rules = (options.rules ?? []).map(({ method, tool, namespace }) => ({
    method: method === undefined ? undefined : compileGlob(method),
    tool: tool === undefined ? undefined : compileGlob(tool),
    namespace,
  }));
  const rulesByTool = rules.some(({ tool }) => tool !== undefined);
  const byMethod = new Map<string, string>();
  const byName = new Map<string, Map<string, string>>();
  if (rulesByTool) for (const method of NAMED_METHODS) byName.set(method, new Map());

  const decide = (method: string, name: string | undefined): string => {
    for (const rule of rules) {
      if (rule.method !== undefined && !rule.method(method)) continue;
      if (rule.tool !== undefined && (name === undefined || !NAMED_METHODS.has(method) || !rule.tool(name))) continue;
      return rule.namespace;
    }
    return namespaceOfMethod(method, fallback);
  };

  return ({ method, name }) => {
    if (method === undefined) return SYSTEM; // the answer to a request from the server
    const names = name === undefined ? undefined : byName.get(method);
    const cache = names ?? byMethod;
    const key = names === undefined || name === undefined ? method : name;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const namespace = decide(method, name);
    remember(cache, key, namespace);
    return namespace;
  };
}

/** Methods and names are the client's to choose: what was cached first makes way. */
function remember(cache: Map<string, string>, key: string, namespace: string): void {
  if (key.length > LONGEST_CACHED) return;
  if (cache.size >= CACHED)
    for (const oldest of cache.keys()) {
      cache.delete(oldest);
      break;
    }
  cache.set(key, namespace);
}

function namespaceOfMethod(method: string, fallback: string): string {
  if (SYSTEM_METHODS.has(method) || method.startsWith("notifications/")) return SYSTEM;
  const slash = method.indexOf("/");
  const end = slash >= 0 ? slash : method.indexOf(".");
  return end > 0 ? method.slice(0, end) : fallback;
}
