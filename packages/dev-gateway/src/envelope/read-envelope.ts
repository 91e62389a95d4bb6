import type { Envelope } from "./envelope.ts";
import type { GatewayFault } from "./gateway-fault.ts";
import { isJsonObject } from "./json-value.ts";
import type { JsonObject } from "./json-value.ts";
import { objectMembers } from "./object-members.ts";
import { parseJson } from "./parse-json.ts";

/** A frame that was understood: its parsed envelope, and the payload's bytes as the client wrote them. */
export interface ReadFrame {
  readonly envelope: Envelope;
  readonly payload: Buffer;
}

/** A frame that was not understood, with the id of its envelope when that much could be read. */
export interface RefusedFrame {
  readonly fault: GatewayFault;
  readonly correlationId?: string;
}

const TEXT_MEMBERS = ["id", "timestamp", "source", "target_namespace", "auth_token", "correlation_id"];

/** Reads one envelope. Optional parts may be missing, unknown members are ignored, wrong types are named. */
export function readEnvelope(frame: Buffer): ReadFrame | RefusedFrame {
  const parsed = parseJson(frame);
  if ("problem" in parsed) return { fault: invalid(`The message is not JSON: ${parsed.problem}`) };
  if (!isJsonObject(parsed.value)) return { fault: invalid("The message must be one JSON object: an envelope") };

  const problem = findProblem(parsed.value);
  if (problem !== undefined) {
    const { id } = parsed.value;
    return { fault: invalid(problem), ...(typeof id === "string" && { correlationId: id }) };
  }
  const payload = objectMembers(frame).get("mcp_payload");
  if (payload === undefined) return { fault: invalid("mcp_payload is missing") };
  return { envelope: parsed.value, payload };
}

function findProblem(envelope: JsonObject): string | undefined {
  const wrong = TEXT_MEMBERS.find((name) => Object.hasOwn(envelope, name) && typeof envelope[name] !== "string");
  if (wrong !== undefined) return `${wrong} must be a string`;
  const { timestamp } = envelope;
  if (typeof timestamp === "string" && Number.isNaN(Date.parse(timestamp))) return "timestamp must be an RFC 3339 date";
  if (Object.hasOwn(envelope, "metadata") && !isJsonObject(envelope["metadata"])) return "metadata must be an object";
  if (!Object.hasOwn(envelope, "mcp_payload")) {
    return Object.hasOwn(envelope, "jsonrpc")
      ? "mcp_payload is missing: this looks like a bare JSON-RPC message, and this gateway expects envelopes"
      : "mcp_payload is missing";
  }
  return isJsonObject(envelope["mcp_payload"]) ? undefined : "mcp_payload must be one JSON-RPC message object";
}

function invalid(message: string): GatewayFault {
  return { code: "INVALID_REQUEST", message };
}
