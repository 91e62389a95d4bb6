/** What a name service says when it gives no address. */
export const DNS_CODES: ReadonlySet<string> = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_NODATA",
  "EAI_NONAME",
  "EAI_FAIL",
]);

/** What an operating system says when there is no way to a host and port. */
export const TCP_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
]);

const DEEPEST = 4;

/** The codes of an error and of what caused it. */
export function codesOf(error: unknown): readonly string[] {
  const codes: string[] = [];
  let each = error;
  for (let depth = 0; depth < DEEPEST && each instanceof Error; depth++) {
    const code: unknown = Reflect.get(each, "code");
    if (typeof code === "string") codes.push(code);
    each = each.cause;
  }
  return codes;
}
