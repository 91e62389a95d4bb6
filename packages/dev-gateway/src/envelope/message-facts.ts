import { isJsonObject } from "./json-value.ts";
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

/** Reads the facts of a message that was already parsed; the bytes are needed because parsing rounds large ids. */
export function messageFacts(message: unknown, bytes: Buffer): MessageFacts {
  if (!isJsonObject(message)) return { kind: "other" };
  const { id, method } = message;
  const hasId = typeof id === "string" || typeof id === "number";
  const identity = hasId ? identify(id, bytes) : {};
  if (typeof method === "string")
    return { kind: hasId ? "request" : "notification", method, ...identity };
  if (Object.hasOwn(message, "result") || Object.hasOwn(message, "error"))
    return { kind: "answer", ...identity };
  return { kind: "other" };
}

function identify(
  id: string | number,
  bytes: Buffer,
): { readonly idKey: string; readonly idText: string } {
  const idText = objectMembers(bytes).get("id")?.toString("utf8") ?? "null";
  if (typeof id === "string") return { idKey: `string:${id}`, idText };
  return { idKey: `number:${Number.isSafeInteger(id) ? String(id) : idText}`, idText };
}
