import type { JsonObject, JsonValue } from "../plugin/json.ts";
import type { Message } from "../plugin/message.ts";
import { MessageEditError } from "./message-edit-error.ts";
import type { MessageScan } from "./message-scan.ts";
import { stringAt } from "./judge-message.ts";
import { refusalDetail } from "./refusal.ts";
import { scanMessage } from "./scan-message.ts";
import { spliceMember } from "./splice-member.ts";

/** The new bytes, and what a scan of them found. */
export interface EditedMessage {
  readonly bytes: Buffer;
  readonly scan: MessageScan;
}

/**
 * A message with one member replaced or added; undefined when it already is as asked.
 *
 * @throws MessageEditError when the pointer does not resolve, or the id or the kind would change.
 */
export function editMember(message: Message, pointer: string, value: JsonValue): EditedMessage | undefined {
  if (pointer === "") return replaceMessage(message, value);
  if (pointer === "/id") {
    if (value === decodedId(message)) return undefined;
    throw new MessageEditError("A message's id cannot change.");
  }
  return accept(message, spliceMember(message.bytes, pointer, jsonText(value)));
}

/**
 * A message with another payload and the old id, spelled as it was.
 *
 * @throws MessageEditError when the id or the kind would change.
 */
export function replaceMessage(message: Message, json: JsonValue): EditedMessage {
  if (!isObject(json)) throw new MessageEditError("A message is replaced by a JSON object.");
  const bytes = Buffer.from(jsonText(json));
  const id = Object.hasOwn(json, "id") ? json["id"] : undefined;
  if (id !== decodedId(message) && !(id === undefined && message.id === "null")) {
    throw new MessageEditError("A message's id cannot change; give the new payload the id of the old one.");
  }
  // A number such as 9007199254740993 does not survive parsing: the sender's own spelling goes back in.
  const spelling = id === undefined ? undefined : message.id;
  return accept(message, spelling === undefined ? bytes : spliceMember(bytes, "/id", spelling));
}

function accept(message: Message, bytes: Buffer): EditedMessage {
  const { kind } = message;
  const scan = scanMessage(bytes);
  if (scan.refusal !== undefined) {
    throw new MessageEditError(`The edit would leave no valid message: ${refusalDetail(scan.refusal)}.`);
  }
  if (scan.kind !== kind) {
    throw new MessageEditError(`A message's kind cannot change (${kind} to ${scan.kind ?? "none"}).`);
  }
  const method = scan.method === undefined ? undefined : stringAt(bytes, scan.method.start, scan.method.end);
  if (method !== message.method) {
    // What may be sent twice, how long it may take and where it goes were decided by the method.
    throw new MessageEditError(
      `A message's method cannot change (${message.method ?? "none"} to ${method ?? "none"}).`,
    );
  }
  return { bytes, scan };
}

function decodedId({ id }: Message): JsonValue | undefined {
  if (id === undefined) return undefined;
  const decoded: JsonValue = JSON.parse(id);
  return decoded;
}

function jsonText(value: JsonValue): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new MessageEditError("The new value cannot be written as JSON.", { cause });
  }
  if (text === undefined) throw new MessageEditError("The new value cannot be written as JSON.");
  return text;
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
