import { DialError, type DialReason, escapeForPeople, type ProxyServer } from "@mcp-router/core/plugin";
import type { DialProgress } from "./dial-progress.ts";
import { LONGEST_EXCERPT } from "./longest-excerpt.ts";
import type { ProxyAnswer } from "./proxy-answer.ts";

/** What a dial becomes that did not get as far as an answer of the proxy; a timeout stays one. */
export function proxyFailure(found: DialError, { protocol, stage }: DialProgress, because: string): DialError {
  // An owner that called the dial off has said all there is to say.
  if (found.reason === "timeout" && found.hint === undefined) return found;
  const { reason, message, permanent, cause } = found;
  const hints: { readonly [reason in DialReason]?: string } = {
    tls: `The proxy's certificate is always verified: put the certificate of its authority into gateway.tls.ca_cert_path (PEM), and check the host of ${because}.`,
    protocol:
      stage === "tls"
        ? `Use http:// instead of https:// in ${because}, or the proxy's TLS port.`
        : protocol.silent.hint,
    ...(stage === "connect"
      ? {
          unreachable: `Check host and port of ${because}, and the network; to connect without a proxy set gateway.proxy: direct.`,
          timeout: `Check host and port of ${because}, and firewalls on the way; to connect without a proxy set gateway.proxy: direct.`,
        }
      : {}),
  };
  return new DialError(reason === "timeout" ? "timeout" : "proxy", message[0]?.toUpperCase() + message.slice(1), {
    permanent,
    hint: hints[reason] ?? found.hint,
    cause,
  });
}

export interface RefusalOptions {
  /** The proxy in sentences. */
  readonly target: string;
  readonly because: string;
  /** What was asked for: host and port. */
  readonly authority: string;
  readonly proxy: ProxyServer;
}

/** Why a proxy does not let us through; undefined when it does. */
export function proxyRefusal(answer: ProxyAnswer, options: RefusalOptions): DialError | undefined {
  const { status, statusText } = answer;
  if (status >= 200 && status < 300) return undefined;
  const { says, hint, permanent } = meaningOf(answer, options);
  const text = statusText === "" ? "" : `: ${escapeForPeople(statusText, LONGEST_EXCERPT)}`;
  return new DialError("proxy", `T${options.target.slice(1)} ${says} (HTTP ${status}${text}).`, {
    permanent,
    status,
    hint,
  });
}

function meaningOf(
  { status, schemes }: ProxyAnswer,
  { because, authority, proxy }: RefusalOptions,
): { readonly says: string; readonly hint: string; readonly permanent: boolean } {
  if (status === 407) {
    const offered = schemes.length === 0 ? "" : `; it offers ${schemes.join(", ")}`;
    const basic = schemes.length === 0 || schemes.some((scheme) => scheme.toLowerCase() === "basic");
    const write = `Write them into ${because}: http://USER:PASSWORD@HOST:PORT (with %40 for an @ in the password).`;
    const says =
      proxy.authorization === undefined ? "asks for a user and password" : "did not accept the user and password";
    const own = proxy.authorization === undefined ? write : `Check user and password in ${because}.`;
    return {
      says: says + offered,
      hint: basic
        ? own
        : "The router speaks only Basic to proxies: name a proxy that takes it, or run one on this machine which signs in for you, and name that.",
      permanent: true,
    };
  }
  if (status >= 500) {
    return {
      says: `could not connect to ${authority}`,
      hint: `Check host and port of the address, and whether the proxy can resolve and reach them; if the host is inside your network, name it in NO_PROXY or set gateway.proxy: direct.`,
      permanent: false,
    };
  }
  if (status === 408 || status === 425 || status === 429) {
    return { says: "asks to come back later", hint: `Ask whoever runs the proxy of ${because}.`, permanent: false };
  }
  if (status === 401 || status === 403) {
    return {
      says: `does not allow connections to ${authority}`,
      hint: `Ask whoever runs the proxy to allow CONNECT to ${authority}; if the host is inside your network, name it in NO_PROXY or set gateway.proxy: direct.`,
      permanent: true,
    };
  }
  return {
    says: `did not open a tunnel to ${authority}`,
    hint: `Check that ${because} names an HTTP proxy which allows CONNECT, and not a web server.`,
    permanent: true,
  };
}
