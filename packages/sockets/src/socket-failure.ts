import { DialError, escapeForPeople } from "@mcp-router/core/plugin";
import type { DialProgress } from "./dial-progress.ts";
import { LONGEST_EXCERPT } from "./longest-excerpt.ts";
import { tlsFailure } from "./tls-failure.ts";

/** Words and a hint for what the operating system says when a connection cannot be made or does not last. */
const SYSTEM: {
  readonly [code: string]: readonly [says: string, hint: (key: string) => string];
} = {
  ECONNREFUSED: ["nothing listens there", (key) => `Start the gateway, or check host and port of ${key}.`],
  ENOTFOUND: ["the host name is unknown", (key) => `Check the host of ${key} and the name service of this machine.`],
  EAI_AGAIN: ["the name service does not answer", () => "Check the network and the name service of this machine."],
  ETIMEDOUT: ["no answer", (key) => `Check host and port of ${key}, and firewalls on the way.`],
  EHOSTUNREACH: ["there is no route to the host", () => "Check the network, a VPN, and firewalls on the way."],
  ENETUNREACH: ["there is no route to the network", () => "Check the network, and a VPN if the gateway needs one."],
  ENETDOWN: ["the network is down", () => "Check the network of this machine."],
  EACCES: ["this machine does not allow the connection", () => "Check its firewall or sandbox."],
  EPERM: ["this machine does not allow the connection", () => "Check its firewall or sandbox."],
  EMFILE: ["this process has too many open files", () => "Raise the limit of open files."],
};

const LOST: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

/** A text member of what may be an error; empty when it has none. */
export function textMember(value: unknown, name: string): string {
  const member: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  return typeof member === "string" ? member : "";
}

/** What a dial becomes that was aborted with `reason`. */
export function abortedDial(reason: unknown, dial: DialProgress): DialError {
  if (DialError.is(reason)) return reason;
  if (reason instanceof Error && reason.name === "TimeoutError") return timedOut(dial);
  return new DialError("timeout", `The dial to ${dial.target} was called off.`, { cause: reason });
}

function notTls({ protocol }: DialProgress): string {
  return `If the port does not speak TLS, use ${protocol.plain}:// in ${protocol.key}.`;
}

/** A dial that took longer than it may, told by what it was waiting for. */
export function timedOut(dial: DialProgress): DialError {
  const missing = {
    connect: {
      says: "no TCP connection",
      hint: `Check host and port of ${dial.protocol.key}, and firewalls on the way.`,
    },
    tls: { says: "the TLS handshake was not answered", hint: notTls(dial) },
    answer: dial.protocol.silent,
    body: { says: "its answer did not end", hint: "The peer or the network is slow, or something stands in between." },
  };
  const { says, hint } = missing[dial.stage];
  return new DialError("timeout", `${dial.target} did not answer within ${dial.timeoutMs} ms: ${says}.`, { hint });
}

/** A connection that the peer ended before the dial was over. @param code What the system called it. */
export function hungUp(code: string, dial: DialProgress, cause?: unknown): DialError {
  const stage = {
    connect: { says: "while connecting", hint: "Check firewalls and proxies on the way." },
    tls: { says: "during the TLS handshake", hint: notTls(dial) },
    answer: dial.protocol.hungUp(dial.secure),
    body: { says: "in the middle of its answer", hint: "The peer has a fault, or something stands in between." },
  };
  const { says, hint } = stage[dial.stage];
  return new DialError("unreachable", `${dial.target} closed the connection ${says} (${code}).`, { hint, cause });
}

/** The error of a port that speaks another protocol than the scheme of the URL says; permanent until the URL changes. */
export function protocolMismatch(
  dial: DialProgress,
  found: { readonly says: string; readonly hint: string },
  cause?: unknown,
): DialError {
  return new DialError("protocol", `Protocol mismatch at ${dial.target}: ${found.says}.`, {
    hint: found.hint,
    cause,
  });
}

/** What is wrong with a socket, in words; nothing when the error is not one of the network, the system or TLS. */
export function socketFailure(error: unknown, dial: DialProgress): DialError | undefined {
  const code = textMember(error, "code");
  const text = textMember(error, "message");
  const system = Object.hasOwn(SYSTEM, code) ? SYSTEM[code] : undefined;
  if (system !== undefined) {
    const [says, hint] = system;
    return new DialError("unreachable", `Cannot reach ${dial.target}: ${says} (${code}).`, {
      hint: hint(dial.protocol.key),
      cause: error,
    });
  }
  if (LOST.has(code)) return hungUp(code, dial, error);
  if (!dial.secure) return undefined;
  if (/^EPROTO$|^ERR_SSL_/.test(code) && PLAIN_TEXT.test(text)) {
    const { plain, secure, key } = dial.protocol;
    const hint = `Use ${plain}:// instead of ${secure}:// in ${key}, or the gateway's TLS port.`;
    return protocolMismatch(dial, { says: "the port does not speak TLS", hint }, error);
  }
  return tlsFailure(code, text, dial, error);
}

/** The error of a dial for whose cause there are no words. */
export function unknownFailure(cause: unknown, { target, secure }: DialProgress): DialError {
  const text = escapeForPeople(textMember(cause, "message") || String(cause), LONGEST_EXCERPT);
  return new DialError(secure ? "tls" : "unreachable", `The connection to ${target} failed: ${text}.`, { cause });
}

/** What OpenSSL calls an answer that is no TLS. */
const PLAIN_TEXT = /wrong version number|packet length too long|unknown protocol|http request/;
