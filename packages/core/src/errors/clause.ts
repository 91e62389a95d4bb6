/** A message without its full stop, to stand inside another sentence. */
export function asClause(message: string): string {
  return message.endsWith(".") ? message.slice(0, -1) : message;
}
