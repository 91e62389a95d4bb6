import type { DialError } from "@mcp-router/core/plugin";
import {
  type DialProgress,
  excerpt,
  type Finding,
  protocolMismatch,
  RECOGNISABLE_BYTES,
  recognise,
  type Speech,
} from "@mcp-router/sockets";
import type { FrameFault } from "./frame-reader.ts";

/** Bytes that are shown of what nobody knows. */
const SHOWN_BYTES = 16;

export const TLS_ON_PLAIN: Finding = Object.freeze({
  says: "the port speaks TLS",
  hint: "Use tcps:// instead of tcp:// in gateway.url.",
});

/** What this side of the connection reads. */
export interface Expected {
  readonly framing: string;
  /** Whether its frames are lines or the like, without a header. */
  readonly delimited: boolean;
}

/** Whether what is no frame has at least the magic bytes of the layout that is read: then it is one that breaks a rule. */
export function isOwnLayout(reader: { peek(count: number): Buffer }, { framing }: Expected): boolean {
  const speech = recognise(reader.peek(RECOGNISABLE_BYTES));
  return speech.kind === "frames" && speech.framing === framing;
}

/** The permanent error of a gateway whose first bytes are no frame: it names what speaks there, and the key to change. */
export function mismatch(
  fault: FrameFault,
  reader: { peek(count: number): Buffer },
  expected: Expected,
  progress: DialProgress,
): DialError {
  const bytes = reader.peek(RECOGNISABLE_BYTES);
  return protocolMismatch(
    progress,
    known(recognise(bytes), bytes, expected, progress) ?? unknown(fault, bytes, expected),
  );
}

function known(speech: Speech, bytes: Buffer, expected: Expected, { secure }: DialProgress): Finding | undefined {
  switch (speech.kind) {
    case "tls":
      if (secure) return undefined;
      return TLS_ON_PLAIN;
    case "http":
      return {
        says: `the port answers with HTTP, “${firstLine(bytes)}”`,
        hint: "Use ws:// or wss:// in gateway.url if the gateway speaks WebSocket there; else the gateway's TCP port.",
      };
    case "frames":
      return otherLayout(speech.framing, expected);
    case "json":
      if (expected.delimited) return undefined;
      return {
        says: "the port speaks JSON without frames",
        hint: "Set gateway.wire: json-rpc if it is a plain MCP server, or gateway.framing: lines if it sends envelopes, one a line.",
      };
    case "text":
      return {
        says: `the port answers with text, “${firstLine(bytes)}”`,
        hint: "Check host and port of gateway.url: something else than a gateway of MCP listens there.",
      };
    case "unknown":
      return undefined;
    default:
      return speech satisfies never;
  }
}

function firstLine(bytes: Buffer): string {
  const end = bytes.findIndex((byte) => byte === 0x0d || byte === 0x0a);
  return excerpt(end < 0 ? bytes : bytes.subarray(0, end));
}

function otherLayout(framing: string, expected: Expected): Finding | undefined {
  const usual = framing === "guide" || framing === "typed";
  if (framing === expected.framing || (usual && /^(guide|typed)$/.test(expected.framing))) return undefined;
  const says = `the port speaks the binary MCP protocol in frames of the layout “${framing}”`;
  if (!usual) return { says, hint: `Set gateway.framing: ${framing}, and remove gateway.wire if it is json-rpc.` };
  return {
    says,
    hint: expected.delimited
      ? "Remove gateway.framing and gateway.wire: the gateway speaks what is usual for tcp://."
      : `Set gateway.framing: ${framing}, or remove it.`,
  };
}

function unknown({ problem, hint }: FrameFault, bytes: Buffer, { framing }: Expected): Finding {
  const begin = bytes.subarray(0, SHOWN_BYTES).toString("hex").replace(/../g, "$& ").trim();
  return {
    says: `the gateway sent ${problem} (its first bytes: ${begin})`,
    hint: hint ?? `Check gateway.framing (here “${framing}”), and the port of gateway.url.`,
  };
}
