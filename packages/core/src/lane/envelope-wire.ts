import type { EnvelopeFacts } from "../message/envelope-facts.ts";
import { EnvelopeWriter, readEnvelope } from "../message/envelope.ts";
import { member } from "../message/json-member.ts";
import { retryAfterMs, signalOf } from "./gateway-signal.ts";
import { readOfPayload } from "./read-payload.ts";
import type { FaultRead, Wire, WireRead } from "./wire.ts";

/** Messages inside the gateway's envelope. A bare message is accepted too: some gateways announce their end that way. */
export function createEnvelopeWire(): Wire {
  const writer = new EnvelopeWriter();
  return {
    encode: (payload, facts) => writer.write(payload, facts),
    decode: (frame) => readFacts(readEnvelope(frame)),
  };
}

function readFacts(facts: EnvelopeFacts): WireRead {
  const { message } = facts;
  if (message !== undefined) {
    if (facts.kind === "bare" || !facts.hasMetadata) return readOfPayload(message, facts, undefined, undefined);
    const { metadata } = facts;
    const token = member(member(metadata, "auth"), "token");
    return readOfPayload(
      message,
      facts,
      signalOf(member(metadata, "rate_limit"), Date.now()),
      typeof token === "string" ? token : undefined,
    );
  }
  if (facts.kind === "error") return readFault(facts);
  const reason =
    facts.refusal === "no_payload"
      ? "an envelope without mcp_payload"
      : `no envelope (${facts.refusal ?? "unreadable"})`;
  return { type: "malformed", reason, idKeys: [], envelope: facts };
}

function readFault(facts: EnvelopeFacts): FaultRead {
  const error = facts.error;
  const retryAfter = retryAfterMs(member(error?.details, "retry_after"));
  const fault = {
    code: error?.code ?? "UNKNOWN",
    message: error?.message ?? "no message",
    retryAfterMs: retryAfter,
  };
  return { type: "fault", fault, envelope: facts };
}
