import { DialError, type Endpoint, type HealthAnswer, type ProxyFor } from "@mcp-router/core/plugin";
import { ask } from "./ask.ts";
import { hostOf } from "./host-and-port.ts";
import { tlsOfOtherHost } from "./tls-options.ts";

/** What a health endpoint says beyond this many bytes is not read. */
const MAX_BODY_BYTES = 64 * 1024;

/** See `askHealth`. */
export async function requestHealth(
  endpoint: Endpoint,
  url: URL,
  signal: AbortSignal,
  proxyFor: ProxyFor,
): Promise<HealthAnswer> {
  const { tls, connection } = endpoint;
  const { status, body } = await ask(
    { url, method: "GET", headers: { accept: "application/json" } },
    {
      tls: hostOf(url) === hostOf(endpoint.url) ? tls : tlsOfOtherHost(tls),
      proxyFor,
      timeoutMs: connection.timeoutMs,
      maxBytes: MAX_BODY_BYTES,
      signal,
      key: "gateway.health.url",
    },
  );
  // Where was asked, without user information and query, which may hold secrets. The status is an answer without a body.
  const asked = { url: url.origin + url.pathname, status };
  return DialError.is(body) ? asked : { ...asked, ...readHealth(body.toString("utf8")) };
}

/** `status` and `version` of a JSON object, as far as they have the types they should have. */
function readHealth(body: string): Pick<HealthAnswer, "says" | "version"> {
  const health = parse(body);
  if (typeof health !== "object" || health === null) return {};
  const says: unknown = Reflect.get(health, "status");
  const version: unknown = Reflect.get(health, "version");
  return {
    ...(typeof says === "string" ? { says } : {}),
    ...(typeof version === "string" || typeof version === "number" ? { version: String(version) } : {}),
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
