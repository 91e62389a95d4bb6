import type { MessageKind } from "../plugin/message.ts";
import type { Refusal, ReplyFlaw } from "./refusal.ts";
import type { Span } from "./span.ts";

/**
 * What one pass over a message found. Every field exists from the start, so that all scans share one shape.
 *
 * Spans are offsets in the scanned buffer. They are there for refused messages too, as far as the scan came. Where a member
 * that does not decide the meaning appears twice, the span is the last one's, as parsers have it.
 */
export class MessageScan {
  /** Undefined when the message may pass. */
  refusal: Refusal | undefined = undefined;
  /** For a refused message a guess from the members seen. */
  kind: MessageKind | undefined = undefined;
  /** The first byte of the value, past leading white space. */
  start = 0;
  /** The byte after the value; -1 when it is no JSON. */
  end = -1;
  /** Where the grammar broke, -1 when it did not. */
  faultAt = -1;
  /** Top-level members that do not belong to a message of this kind. */
  extraMembers = false;
  /** Line breaks between the message's own tokens. */
  rawLineBreaks = false;
  /** A legal reply that official clients would still reject. */
  replyFlaw: ReplyFlaw | undefined = undefined;

  /** One of the six top-level members appears twice. */
  repeated = false;
  idRepeated = false;
  /** `params.name` or `params.uri` appears twice. */
  targetRepeated = false;

  jsonrpc: Span | undefined = undefined;
  id: Span | undefined = undefined;
  method: Span | undefined = undefined;
  params: Span | undefined = undefined;
  result: Span | undefined = undefined;
  error: Span | undefined = undefined;

  name: Span | undefined = undefined;
  uri: Span | undefined = undefined;
  requestId: Span | undefined = undefined;
  progressToken: Span | undefined = undefined;
  meta: Span | undefined = undefined;
  task: Span | undefined = undefined;

  metaProgressToken: Span | undefined = undefined;
  metaProtocolVersion: Span | undefined = undefined;
  metaSubscriptionId: Span | undefined = undefined;

  errorCode: Span | undefined = undefined;
  errorMessage: Span | undefined = undefined;
}
