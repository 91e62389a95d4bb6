import { member } from "../message/json-member.ts";
import type { ProbeContext } from "./probe-context.ts";
import { limitOf, refusalOf, type Greeting } from "./greet.ts";
import type { ProbeSession } from "./probe-session.ts";
import type { Found } from "./step-recorder.ts";

const MOST_PAGES = 100;

/** Asks for the tools, page by page. @throws RouterError */
export async function countTools(
  { loaded }: ProbeContext,
  session: ProbeSession,
  { tools, params }: Greeting,
): Promise<Found> {
  if (!tools) return { facts: { because: "the server says that it has none" }, skipped: true };
  const limitMs = limitOf(loaded.config.core.local.request_timeout_ms);
  let count = 0;
  let cursor: string | undefined;
  for (let page = 1; page <= MOST_PAGES; page++) {
    const reply = await session.ask("tools/list", { ...params, ...(cursor !== undefined && { cursor }) }, limitMs);
    if (reply.kind !== "response") throw refusalOf("tools/list", reply);
    const result = member(reply.json, "result");
    const listed = member(result, "tools");
    if (Array.isArray(listed)) count += listed.length;
    const next = member(result, "nextCursor");
    if (typeof next !== "string") return { facts: { tools: count, ...(page > 1 && { pages: page }) } };
    cursor = next;
  }
  return { facts: { tools: count }, notes: [`the list of tools has more than ${MOST_PAGES} pages`] };
}
