import { member } from "../lane/handshake-memory.ts";
import type { ChannelEnd } from "../plugin/transport.ts";
import type { ClientRequest } from "./client-request.ts";

/** A request that waits for one answer goes out at most this often in all. */
const MAX_ATTEMPTS = 3;
/** The peer found a message too large: the same message would end the next connection too. */
const TOO_LARGE = 1009;

/** Whether a request whose connection was lost may be sent once more. What may act is never sent twice. */
export function mayResend(request: ClientRequest, end: ChannelEnd): boolean {
  if (request.methodClass === "act" || end.code === TOO_LARGE) return false;
  // A subscription lives through any number of connections.
  if (request.methodClass !== "stream" && request.attempts >= MAX_ATTEMPTS) return false;
  return !isOneTimeRetry(request);
}

/** A retry with the answers to a server's questions works once. */
function isOneTimeRetry(request: ClientRequest): boolean {
  const { bytes } = request.message;
  if (!bytes.includes("inputResponses") && !bytes.includes("requestState")) return false;
  const params = member(request.message.json, "params");
  return member(params, "inputResponses") !== undefined || member(params, "requestState") !== undefined;
}
