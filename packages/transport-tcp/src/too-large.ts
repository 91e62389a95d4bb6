import type { FrameFault } from "./frame-reader.ts";

/** A message over `gateway.connection.max_message_bytes`. */
export function tooLarge(found: string, maxMessageBytes: number): FrameFault {
  return {
    problem: `${found}; at most ${maxMessageBytes} are taken`,
    hint: "Raise gateway.connection.max_message_bytes, or ask the server for less at a time.",
    foreign: false,
  };
}
