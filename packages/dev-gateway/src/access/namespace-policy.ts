const STANDARD = ["system", "default", "tools", "resources", "prompts", "completion", "logging", "roots", "sampling"];
const LATER = ["elicitation", "subscriptions", "tasks", "server", "ping"];

/** Decides which `target_namespace` values are served. */
export interface NamespacePolicy {
  /** Whether a message for this namespace is passed to the server. */
  accepts(namespace: string): boolean;
}

/** Serves every namespace: the default, since one server stands behind all of them. */
export const anyNamespace: NamespacePolicy = { accepts: () => true };

/** Serves the namespaces of MCP's own methods and the given ones, as strict gateways do. */
export function knownNamespaces(additional: readonly string[]): NamespacePolicy {
  const known = new Set([...STANDARD, ...LATER, ...additional]);
  return { accepts: (namespace) => known.has(namespace) };
}
