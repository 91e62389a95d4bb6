import { DialError, escapeForPeople } from "@mcp-router/core/plugin";
import { LONGEST_EXCERPT } from "./longest-excerpt.ts";
import type { DialProgress } from "./dial-progress.ts";
import { protocolMismatch } from "./protocol-mismatch.ts";
import { tlsFailure } from "./tls-failure.ts";

/** Words and a hint for what the operating system says when a connection cannot be made or does not last. */
const SYSTEM: { readonly [code: string]: readonly [says: string, hint: string] } = {
  ECONNREFUSED: ["nothing listens there", "Start the gateway, or check host and port of gateway.url."],
  ENOTFOUND: ["the host name is unknown", "Check the host of gateway.url and the name service of this machine."],
  EAI_AGAIN: ["the name service does not answer", "Check the network and the name service of this machine."],
  ETIMEDOUT: ["no answer", "Check host and port of gateway.url, and firewalls on the way."],
  EHOSTUNREACH: ["there is no route to the host", "Check the network, a VPN, and firewalls on the way."],
  ENETUNREACH: ["there is no route to the network", "Check the network, and a VPN if the gateway needs one."],
  ENETDOWN: ["the network is down", "Check the network of this machine."],
  EACCES: ["this machine does not allow the connection", "Check its firewall or sandbox."],
  EPERM: ["this machine does not allow the connection", "Check its firewall or sandbox."],
  EMFILE: ["this process has too many open files", "Raise the limit of open files."],
};

const LOST: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

function textMember(value: unknown, name: string): string {
  const member: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  return typeof member === "string" ? member : "";
}

/** What a dial becomes that was aborted with `reason`. */
export function abortedDial(reason: unknown, dial: DialProgress): DialError {
  if (DialError.is(reason)) return reason;
  if (reason instanceof Error && reason.name === "TimeoutError") return timedOut(dial);
  return new DialError("timeout", `The dial to ${dial.target} was called off.`, { cause: reason });
}

/** A dial that took longer than `connection.timeout_ms`, told by what it was waiting for. */
function timedOut(dial: DialProgress): DialError {
  const missing = {
    connect: ["no TCP connection", "Check host and port of gateway.url, and firewalls on the way."],
    tls: ["the TLS handshake was not answered", "If the port does not speak TLS, use ws:// in gateway.url."],
    upgrade: [
      "connected, but the upgrade to WebSocket was not answered",
      "If the port speaks TLS or another protocol, change the scheme or the port of gateway.url; else the gateway is overloaded.",
    ],
  } as const;
  const [says, hint] = missing[dial.stage];
  return new DialError("timeout", `${dial.target} did not answer within ${dial.timeoutMs} ms: ${says}.`, { hint });
}

function lost(code: string, dial: DialProgress, cause: unknown): DialError {
  const stage = {
    connect: ["while connecting", "Check firewalls and proxies on the way."],
    tls: ["during the TLS handshake", "If the port does not speak TLS, use ws:// in gateway.url."],
    upgrade: [
      "without answering the upgrade to WebSocket",
      dial.secure
        ? "Check that the port is the gateway's WebSocket port, and that it accepts the client certificate if one is set; a gateway that is starting may do this for a while."
        : "If the port speaks TLS use wss://, if it speaks the binary protocol tcp://; a gateway that is starting may do this for a while.",
    ],
  } as const;
  const [when, hint] = stage[dial.stage];
  return new DialError("unreachable", `${dial.target} closed the connection ${when} (${code}).`, {
    hint,
    cause,
  });
}

/** Reads an error of `ws`, Node or OpenSSL that ended a dial. */
export function dialFailure(error: unknown, dial: DialProgress): DialError {
  const code = textMember(error, "code");
  const text = textMember(error, "message");
  const system = Object.hasOwn(SYSTEM, code) ? SYSTEM[code] : undefined;
  if (system !== undefined) {
    const [says, hint] = system;
    return new DialError("unreachable", `Cannot reach ${dial.target}: ${says} (${code}).`, {
      hint,
      cause: error,
    });
  }
  if (LOST.has(code)) return lost(code, dial, error);
  if (code.startsWith("HPE_")) {
    const raw: unknown = Reflect.get(Object(error), "rawPacket");
    return protocolMismatch(dial, Buffer.isBuffer(raw) ? raw : Buffer.alloc(0), error);
  }
  if (code === "EPROTO" && /wrong version number|packet length too long|unknown protocol|http request/.test(text)) {
    return protocolMismatch(dial, "plain text", error);
  }
  if (text === "Opening handshake has timed out") return timedOut(dial);
  const tls = dial.secure ? tlsFailure(code, text, dial, error) : undefined;
  if (tls !== undefined) return tls;
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
