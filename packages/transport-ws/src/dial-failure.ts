import { DialError, escapeForPeople } from "@mcp-router/core/plugin";
import {
  type DialProgress,
  excerpt,
  type Finding,
  LONGEST_EXCERPT,
  protocolMismatch,
  recognise,
  socketFailure,
  textMember,
} from "@mcp-router/sockets";

/** Says what answered, and what to change, when it was not HTTP. */
function notHttp(bytes: Buffer): Finding {
  const { kind } = recognise(bytes);
  if (kind === "tls") return { says: "the port speaks TLS", hint: "Use wss:// instead of ws:// in gateway.url." };
  if (kind === "frames") {
    return { says: "the port speaks the binary MCP protocol", hint: "Use tcp:// instead of ws:// in gateway.url." };
  }
  return {
    says: `the answer starts with “${excerpt(bytes)}”, which is not HTTP`,
    hint: "Check host, port and path of gateway.url: something else than a WebSocket gateway listens there.",
  };
}

/** Reads an error of `ws`, Node or OpenSSL that ended a dial. */
export function dialFailure(error: unknown, dial: DialProgress): DialError {
  const code = textMember(error, "code");
  const text = textMember(error, "message");
  if (code.startsWith("HPE_")) {
    const raw: unknown = Reflect.get(Object(error), "rawPacket");
    return protocolMismatch(dial, notHttp(Buffer.isBuffer(raw) ? raw : Buffer.alloc(0)), error);
  }
  const failure = socketFailure(error, dial);
  if (failure !== undefined) return failure;
  // What is left comes from ws: an answer of 101 that breaks RFC 6455, or options it does not take.
  const hint = text.includes("subprotocol")
    ? "Set gateway.subprotocol to the name that the gateway expects, or remove it."
    : "Check that gateway.url leads to a WebSocket gateway and not to a proxy that changes the answer.";
  const found = text || code || "unknown error";
  return new DialError(
    "protocol",
    `The WebSocket handshake with ${dial.target} failed: ${escapeForPeople(found, LONGEST_EXCERPT)}.`,
    {
      hint,
      cause: error,
    },
  );
}
