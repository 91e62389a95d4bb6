import { stringAt } from "./judge-message.ts";
import { KeyTable } from "./key-table.ts";

const METHODS = [
  "tools/call",
  "tools/list",
  "notifications/progress",
  "notifications/cancelled",
  "notifications/message",
  "resources/read",
  "resources/list",
  "resources/templates/list",
  "resources/subscribe",
  "resources/unsubscribe",
  "prompts/get",
  "prompts/list",
  "completion/complete",
  "ping",
  "initialize",
  "server/discover",
  "subscriptions/listen",
  "logging/setLevel",
  "sampling/createMessage",
  "elicitation/create",
  "roots/list",
  "notifications/initialized",
];
const table = new KeyTable(...METHODS);

/** The method a value spells; for the usual ones without decoding it anew each time. */
export function methodAt(bytes: Buffer, start: number, end: number): string | undefined {
  return METHODS[table.find(bytes, start + 1, end - 1, false)] ?? stringAt(bytes, start, end);
}
