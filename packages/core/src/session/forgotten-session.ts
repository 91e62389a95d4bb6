import { member } from "../message/json-member.ts";
import type { Message } from "../plugin/message.ts";

/** Codes under which servers say it: the SDKs' of TypeScript, Java and Python. */
const CODES: ReadonlySet<unknown> = new Set([-32_000, -32_002, -32_600, -32_602]);
/**
 * What servers say of themselves before they look at a request. A tool that finds something of its own not initialized says
 * so in other words, and its call must not be repeated.
 */
const TEXTS =
  /^(?:bad request: |invalid request: )?(?:(?:mcp )?(?:server|session|connection|client) (?:is )?not (?:yet )?initialized|received request before initialization was complete)\b/i;

/** Whether an error reply says that the gateway knows nothing of the session, and so has not looked at the request. */
export function saysForgotten(reply: Message): boolean {
  if (reply.kind !== "error") return false;
  const error = member(reply.json, "error");
  const text = member(error, "message");
  return CODES.has(member(error, "code")) && typeof text === "string" && TEXTS.test(text);
}
