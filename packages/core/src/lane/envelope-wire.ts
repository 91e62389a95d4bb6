import type { EnvelopeFacts } from "../message/envelope-facts.ts";
import { EnvelopeWriter, readEnvelope } from "../message/envelope.ts";
import { member } from "../message/json-member.ts";
import { retryAfterMs, signalOf } from "./gateway-signal.ts";
import { readOfPayload } from "./read-payload.ts";
import type { FaultRead, Wire, WireRead } from "./wire.ts";

/** What of an envelope means what the protocol means by it. It may change while the router runs. */
export interface EnvelopeReading {
  readonly features: { readonly rateLimitDetails: boolean; readonly correlationMetadata: boolean };
}

/** Messages inside the gateway's envelope. A bare message is accepted too: some gateways announce their end that way. */
export function createEnvelopeWire(reading: EnvelopeReading): Wire {
  const writer = new EnvelopeWriter();
  return {
    encode: (payload, facts) => writer.write(payload, facts),
    decode: (frame) => readFacts(readEnvelope(frame), reading.features),
  };
}

function readFacts(facts: EnvelopeFacts, features: EnvelopeReading["features"]): WireRead {
  const { message } = facts;
  const { rateLimitDetails, correlationMetadata } = features;
  if (message !== undefined) {
    if (facts.kind === "bare" || !facts.hasMetadata) return readOfPayload(message, facts, undefined, undefined);
    const { metadata } = facts;
    const token = correlationMetadata ? member(member(metadata, "auth"), "token") : undefined;
    return readOfPayload(
      message,
      facts,
      rateLimitDetails ? signalOf(member(metadata, "rate_limit"), Date.now()) : undefined,
      typeof token === "string" ? token : undefined,
    );
  }
  if (facts.kind === "error") return readFault(facts, rateLimitDetails);
  const reason =
    facts.refusal === "no_payload"
      ? "an envelope without mcp_payload"
      : `no envelope (${facts.refusal ?? "unreadable"})`;
  return { type: "malformed", reason, idKeys: [], envelope: facts };
}

function readFault(facts: EnvelopeFacts, rateLimitDetails: boolean): FaultRead {
  const error = facts.error;
  const retryAfter = rateLimitDetails ? retryAfterMs(member(error?.details, "retry_after")) : undefined;
  const fault = {
    code: error?.code ?? "UNKNOWN",
    message: error?.message ?? "no message",
    retryAfterMs: retryAfter,
  };
  return { type: "fault", fault, envelope: facts };
}
