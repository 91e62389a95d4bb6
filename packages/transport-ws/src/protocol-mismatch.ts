import { DialError, escapeForPeople } from "@mcp-router/core/plugin";
import { LONGEST_EXCERPT } from "./longest-excerpt.ts";
import type { DialProgress } from "./dial-progress.ts";

interface Found {
  readonly what: string;
  readonly change: string;
}

const PATH = "Check host, port and path of gateway.url: something else than a WebSocket gateway listens there.";

/** Recognises what answered from its first bytes. */
function recognise(bytes: Buffer): Found {
  // A TLS record: handshake or alert, version 3.x.
  if ((bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03) {
    return { what: "the port speaks TLS", change: "Use wss:// instead of ws:// in gateway.url." };
  }
  if (bytes[0] === 0x4d && bytes[1] === 0x43) {
    return {
      what: "the port speaks the binary MCP protocol",
      change: "Use tcp:// instead of ws:// in gateway.url.",
    };
  }
  const text = escapeForPeople(bytes.subarray(0, 80).toString("latin1"), LONGEST_EXCERPT);
  return { what: `the answer starts with “${text}”, which is not HTTP`, change: PATH };
}

/** The error of a port that speaks another protocol than the scheme of the URL says; permanent until the URL changes. */
export function protocolMismatch(dial: DialProgress, found: Buffer | "plain text", cause: unknown): DialError {
  const { what, change } =
    found === "plain text"
      ? {
          what: "the port does not speak TLS",
          change: "Use ws:// instead of wss:// in gateway.url, or the gateway's TLS port.",
        }
      : recognise(found);
  return new DialError("protocol", `Protocol mismatch at ${dial.target}: ${what}.`, {
    hint: change,
    cause,
  });
}
