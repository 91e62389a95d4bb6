import { escapeForPeople } from "../errors/escape.ts";
import type { Lane } from "../lane/lane.ts";
import { member } from "../message/json-member.ts";
import type { Message } from "../plugin/message.ts";
import { RequestError } from "../plugin/request-error.ts";
import type { ClientRequest } from "./client-request.ts";
import type { Ledger } from "./ledger.ts";

const OPENING: ReadonlySet<string> = new Set(["initialize", "server/discover"]);

/**
 * The opening request of a session, when it is what was sent first on this lane and has no answer yet: an error that names
 * no request can then be about nothing else.
 */
export function waitingHandshake(ledger: Ledger, lane: Lane): ClientRequest | undefined {
  for (const request of ledger.requests()) {
    if (request.lane === lane && request.state === "sent") return OPENING.has(request.method) ? request : undefined;
  }
  return undefined;
}

/** A gateway that answers the opening of a session with an error about nothing has not understood it. */
export function notUnderstood(reply: Message): RequestError {
  const said = member(member(reply.json, "error"), "message");
  const text = typeof said === "string" ? escapeForPeople(said) : "no reason given";
  return new RequestError("BAD_UPSTREAM_REPLY", `the gateway did not understand the first message: ${text}`, {
    outcome: "not_executed",
    hint: "Check gateway.wire (envelope or json-rpc) and gateway.version, and that the address is a gateway's.",
  });
}
