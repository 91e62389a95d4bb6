import { objectMembers } from "./object-members.ts";

/** What the gateway needs to know of a JSON-RPC message to correlate it. */
export interface MessageFacts {
  readonly kind: "request" | "notification" | "answer" | "other";
  readonly method?: string;
  /** A key for the id that keeps `1` and `"1"` apart, and 9007199254740993 and …992 too. */
  readonly idKey?: string;
  /** The id as it was written. */
  readonly idText?: string;
}

/** Reads the facts from the bytes, without parsing the rest. Bytes that are no JSON object are of kind `other`. */
export function messageFacts(bytes: Buffer): MessageFacts {
  try {
    const members = objectMembers(bytes);
    const method: unknown = JSON.parse(members.get("method")?.toString("utf8") ?? "null");
    const identity = identify(members.get("id")?.toString("utf8") ?? "null");
    if (typeof method === "string") {
      return { kind: identity === undefined ? "notification" : "request", method, ...identity };
    }
    if (members.has("result") || members.has("error")) return { kind: "answer", ...identity };
  } catch {
    // Hostile handlers in tests send anything; the gateway only correlates what it can read.
  }
  return { kind: "other" };
}

function identify(idText: string): { readonly idKey: string; readonly idText: string } | undefined {
  const id: unknown = JSON.parse(idText);
  if (typeof id === "string") return { idKey: `string:${id}`, idText };
  if (typeof id !== "number") return undefined;
  // A large integer would be rounded: then its digits are the identity.
  return { idKey: `number:${Number.isSafeInteger(id) ? String(id) : idText}`, idText };
}
