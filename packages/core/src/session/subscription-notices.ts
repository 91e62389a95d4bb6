import { member } from "../message/json-member.ts";
import type { ClientRequest } from "./client-request.ts";

const LISTS = [
  ["toolsListChanged", "notifications/tools/list_changed"],
  ["promptsListChanged", "notifications/prompts/list_changed"],
  ["resourcesListChanged", "notifications/resources/list_changed"],
] as const;

/**
 * The notices that a client may have missed while its `subscriptions/listen` (2026-07-28) was not open: one for each thing
 * it has asked to hear about.
 */
export function missedNotices(listen: ClientRequest): readonly Buffer[] {
  const wanted = member(member(listen.message.json, "params"), "notifications");
  const meta = `"_meta":{"io.modelcontextprotocol/subscriptionId":${listen.id}}`;
  const notice = (method: string, params: string): Buffer =>
    Buffer.from(`{"jsonrpc":"2.0","method":"${method}","params":{${params}}}`);
  const lists = LISTS.flatMap(([name, method]) => (member(wanted, name) === true ? [notice(method, meta)] : []));
  const uris = member(wanted, "resourceSubscriptions");
  const updates = (Array.isArray(uris) ? uris : []).flatMap((uri) =>
    typeof uri === "string" ? [notice("notifications/resources/updated", `"uri":${JSON.stringify(uri)},${meta}`)] : [],
  );
  return [...lists, ...updates];
}
