import type { FrameProblem } from "@mcp-router/core/plugin";
import type { FrameFault } from "./frame-reader.ts";

/** RFC 6455 §7.4.1. What a request asks for is as large the next time: it is not sent again. */
const MESSAGE_TOO_BIG = 1009;

/** A frame over the limit of its layout. */
export function overLayout({ problem, hint }: FrameProblem): FrameFault {
  return { problem, ...(hint === undefined ? {} : { hint }), foreign: false, code: MESSAGE_TOO_BIG };
}

/** A message over `gateway.connection.max_message_bytes`. */
export function tooLarge(found: string, maxMessageBytes: number): FrameFault {
  return {
    problem: `${found}; at most ${maxMessageBytes} are taken`,
    hint: "Raise gateway.connection.max_message_bytes, or ask the server for less at a time.",
    foreign: false,
    code: MESSAGE_TOO_BIG,
  };
}
