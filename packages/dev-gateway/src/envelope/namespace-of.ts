/** The namespace of a message the server sends on its own: `roots/list` → `roots`, notifications and the rest → `system`. */
export function namespaceOf(method: string | undefined): string {
  const slash = method?.indexOf("/") ?? -1;
  if (method === undefined || slash < 1 || method.startsWith("notifications/")) return "system";
  return method.slice(0, slash);
}
