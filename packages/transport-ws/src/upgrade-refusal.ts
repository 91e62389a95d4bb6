import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { DialError, type DialReason, escapeForPeople } from "@mcp-router/core/plugin";
import { hostAndPort, LONGEST_EXCERPT } from "@mcp-router/sockets";
import { readExcerpt } from "./body-excerpt.ts";
import { retryFloor } from "./rate-limit-headers.ts";

/** An HTTP answer other than 101 to the upgrade request. */
interface Refusal {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /** The first bytes of the body. */
  readonly excerpt: string;
}

interface Meaning {
  readonly reason: DialReason;
  readonly permanent: boolean;
  readonly says: string;
  readonly hint: string;
}

const CHECK_URL = "Check host, port and path of gateway.url.";

function redirect(location: string | undefined, url: URL): Meaning {
  const target = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  // On the same host the path is what differs; it is shown without a query, which may hold a secret.
  const path = target?.host === url.host ? target.pathname : "";
  return {
    reason: "protocol",
    permanent: true,
    says:
      target === undefined
        ? "redirects to no valid address"
        : `redirects to ${escapeForPeople(target.origin + path, LONGEST_EXCERPT)}`,
    hint: "Redirects are never followed, because the token would go along. If the target is right, put it into gateway.url.",
  };
}

function meaningOf(refusal: Refusal, url: URL): Meaning {
  const { status, headers } = refusal;
  // RFC 6750 §3.1 says 403; gateways say 401 too.
  if ((status === 401 || status === 403) && headers["www-authenticate"]?.includes("insufficient_scope") === true) {
    return {
      reason: "forbidden",
      permanent: true,
      says: "asks for rights that the token does not carry",
      hint: "Ask for a token with more scopes (gateway.auth.scopes with oauth2).",
    };
  }
  if (status === 401) {
    return {
      reason: "unauthorized",
      permanent: true,
      says: "did not accept the credential",
      hint: "Check that the token is for this gateway and has not expired (gateway.auth).",
    };
  }
  if (status === 403) {
    return {
      reason: "forbidden",
      permanent: true,
      says: "does not allow this client",
      hint: "Check the rights (scopes) of the token or client certificate.",
    };
  }
  if (status === 404 || status === 410) {
    return {
      reason: "not_found",
      permanent: true,
      says: "has nothing at this path",
      hint: `Check the path of gateway.url (${escapeForPeople(url.pathname, LONGEST_EXCERPT)}).`,
    };
  }
  if (status === 407) {
    return {
      reason: "proxy",
      permanent: true,
      says: "is a proxy that asks for credentials",
      hint: "Give gateway.proxy a user and password.",
    };
  }
  if (status === 408 || status === 425 || status === 429) {
    return {
      reason: "rate_limited",
      permanent: false,
      says: "asks to come back later",
      hint: "Lower local.rate_limit, or ask for a higher quota.",
    };
  }
  if (status >= 300 && status < 400) return redirect(headers.location, url);
  if (status >= 500) {
    return {
      reason: "unavailable",
      permanent: false,
      says: "is not available",
      hint: "The gateway, or what it stands in front of, has a fault or is restarting.",
    };
  }
  if (status === 400 && url.protocol === "ws:" && /https|tls|ssl/i.test(refusal.excerpt + refusal.statusText)) {
    return {
      reason: "protocol",
      permanent: true,
      says: "speaks TLS on this port (protocol mismatch)",
      hint: "Use wss:// instead of ws:// in gateway.url.",
    };
  }
  if (status === 426) {
    return {
      reason: "protocol",
      permanent: true,
      says: "wants another protocol or version than WebSocket 13",
      hint: CHECK_URL,
    };
  }
  if (status < 300) {
    return {
      reason: "protocol",
      permanent: true,
      says: "is a web server that does not speak WebSocket at this path",
      hint: CHECK_URL,
    };
  }
  return {
    reason: "protocol",
    permanent: true,
    says: "refused the upgrade to WebSocket",
    hint: CHECK_URL,
  };
}

/**
 * The error of a refused upgrade: what its answer means for a bridge, and what to change.
 *
 * @param credentials What the request held and nobody must see: an answer that repeats it is not shown.
 */
export async function readRefusal(
  answer: IncomingMessage,
  url: URL,
  credentials: readonly string[],
): Promise<DialError> {
  const { statusCode: status = 0, statusMessage: statusText = "", headers } = answer;
  const refusal: Refusal = { status, statusText, headers, excerpt: await readExcerpt(answer) };
  const { reason, permanent, says, hint } = meaningOf(refusal, url);
  const fit = (text: string): boolean => text !== "" && !credentials.some((secret) => text.includes(secret));
  const challenge = headers["www-authenticate"] ?? "";
  const details = [statusText, challenge, refusal.excerpt].filter(fit);
  const detail =
    details.length === 0 ? "" : `: ${details.map((detail) => escapeForPeople(detail, LONGEST_EXCERPT)).join("; ")}`;
  return new DialError(reason, `${hostAndPort(url)} ${says} (HTTP ${status}${detail}).`, {
    permanent,
    status,
    challenge: fit(challenge) ? challenge : undefined,
    retryAfterMs: permanent ? undefined : retryFloor(headers, Date.now()),
    hint,
  });
}
