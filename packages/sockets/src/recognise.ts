import { escapeForPeople } from "@mcp-router/core/plugin";
import { LONGEST_EXCERPT } from "./longest-excerpt.ts";

/** What the first bytes of a peer look like. */
export type Speech =
  | { readonly kind: "tls" }
  /** Frames of the binary MCP protocol, in one of its layouts. */
  | { readonly kind: "frames"; readonly framing: "guide" | "typed" | "mcpb" | "mcpb-padded" }
  | { readonly kind: "http" }
  | { readonly kind: "json" }
  /** The greeting of SSH, SMTP and the like, or any other readable text. */
  | { readonly kind: "text" }
  | { readonly kind: "unknown" };

/** Bytes that are enough for {@link recognise} and {@link excerpt}. */
export const RECOGNISABLE_BYTES = 80;

/** Recognises what a peer speaks from its first bytes. */
export function recognise(bytes: Buffer): Speech {
  // A TLS record: handshake or alert, version 3.x.
  if ((bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03) return { kind: "tls" };
  if (bytes[0] === 0x4d && bytes[1] === 0x43) {
    const third = bytes[2] ?? 0;
    if (third === 0x50 && bytes[3] === 0x42) return { kind: "frames", framing: "mcpb" };
    if (third === 0x50 && bytes[3] === 0x00) return { kind: "frames", framing: "mcpb-padded" };
    if (third === 0) return { kind: "frames", framing: "guide" };
    return third <= 5 ? { kind: "frames", framing: "typed" } : { kind: "unknown" };
  }
  const text = bytes.subarray(0, RECOGNISABLE_BYTES).toString("latin1");
  if (/^HTTP\/\d|^\s*<(?:!doctype|html)/i.test(text)) return { kind: "http" };
  if (/^\s*[[{]/.test(text)) return { kind: "json" };
  return /^[\t\r\n -~]+$/.test(text) ? { kind: "text" } : { kind: "unknown" };
}

/** The first bytes of a peer as text for people. */
export function excerpt(bytes: Buffer): string {
  return escapeForPeople(bytes.subarray(0, RECOGNISABLE_BYTES).toString("latin1"), LONGEST_EXCERPT);
}
