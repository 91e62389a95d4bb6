import type { Endpoint, HealthAnswer, ProxyFor } from "@mcp-router/core/plugin";

/**
 * Asks a health endpoint once, with GET and without any credential; the client certificate of the endpoint goes along only to
 * the gateway's own host. Redirects are not followed. The TLS rules are those of the endpoint, and so is the time that it
 * may take.
 *
 * @param url `http:` or `https:`.
 * @throws DialError when there is no answer that is HTTP. A status other than 200 is an answer.
 */
export async function askHealth(
  endpoint: Endpoint,
  url: URL,
  signal: AbortSignal,
  proxyFor: ProxyFor,
): Promise<HealthAnswer> {
  const { requestHealth } = await import("./request-health.ts");
  return await requestHealth(endpoint, url, signal, proxyFor);
}
