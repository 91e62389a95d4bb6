import type { OutgoingHttpHeaders } from "node:http";

/** Headers as the lines of a response, one for each value. */
export function headerLines(headers: OutgoingHttpHeaders): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((single) => `${name}: ${single}`));
}
