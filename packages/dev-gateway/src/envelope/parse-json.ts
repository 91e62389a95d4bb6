import { isUtf8 } from "node:buffer";

/** The outcome of {@link parseJson}: a value, or the reason why there is none. */
export type ParsedJson = { readonly value: unknown } | { readonly problem: string };

/** Parses bytes as JSON and never throws: what a peer sends is allowed to be anything. */
export function parseJson(bytes: Buffer): ParsedJson {
  // Decoding would silently turn broken UTF-8 into U+FFFD, and the payload would no longer be what was sent.
  if (!isUtf8(bytes)) return { problem: "not valid UTF-8" };
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return { value };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
