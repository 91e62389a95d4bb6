import type { CheckedCore } from "./core-schema.ts";
import { writtenEndpoints, type WrittenEndpoint } from "./endpoints.ts";
import type { IssueDraft } from "./issue-draft.ts";
import { isObject, valueAt, type MutableObject } from "./json-object.ts";
import { DIRECT, readProxyUrl } from "./proxy-url.ts";
import { formatKey } from "./key-path.ts";

/** Features that live in the envelope; bare messages have none of them. */
const IN_ENVELOPES = ["per_message_auth", "rate_limit_details", "correlation_metadata"] as const;
/** Types of sign-in whose credential is a token, which has to travel somewhere. */
const TOKENS: ReadonlySet<unknown> = new Set(["bearer", "oauth2"]);

/** Checks that what is written about the gateway's version, wire and health fits together. */
export function checkDialects(core: CheckedCore, written: MutableObject): readonly IssueDraft[] {
  return [...checkFeatures(core), ...checkTokens(core, written), ...checkHealth(core), ...checkProxy(core)];
}

/** What of the gateway's version, wire and health has no effect as it is written. */
export function warnAboutDialects(core: CheckedCore): readonly string[] {
  const { wire, namespace, framing } = core.gateway;
  const warnings: string[] = [];
  if (wire === "json-rpc" && (namespace.rules.length > 0 || namespace.default !== "default")) {
    warnings.push("gateway.namespace has no effect with gateway.wire: json-rpc, whose messages have no namespace");
  }
  const endpoints = writtenEndpoints(core);
  if (framing !== undefined && endpoints.length > 0 && endpoints.every(({ url }) => /^wss?:/i.test(url))) {
    warnings.push(`gateway.framing: ${framing} has no effect on WebSocket, which has frames of its own`);
  }
  return warnings;
}

function checkFeatures({ gateway: { wire, features } }: CheckedCore): readonly IssueDraft[] {
  if (wire !== "json-rpc") return [];
  return IN_ENVELOPES.filter((name) => features[name] === true).map((name) => ({
    code: "CONFLICT",
    path: ["gateway", "features", name],
    message: `gateway.features.${name} needs envelopes, and gateway.wire is json-rpc; remove one of them`,
  }));
}

/** On framed TCP a token has no other place than the envelope: there is no upgrade that could carry it. */
function checkTokens(core: CheckedCore, written: MutableObject): readonly IssueDraft[] {
  const { wire, features } = core.gateway;
  if (wire !== "json-rpc" && features.per_message_auth !== false) return [];
  const why = wire === "json-rpc" ? "gateway.wire is json-rpc" : "gateway.features.per_message_auth is false";
  return writtenEndpoints(core).flatMap(({ url, urlPath, authPath }): readonly IssueDraft[] => {
    const auth = authPath === undefined ? undefined : valueAt(written, authPath);
    if (authPath === undefined || !isTcp(url) || !isObject(auth) || !TOKENS.has(auth["type"])) return [];
    const message = `${formatKey(authPath)}: a token travels in the envelopes of ${formatKey(urlPath)} (tcp), and ${why}; use a client certificate (gateway.tls.client_cert), or wss:`;
    return [{ code: "CONFLICT", path: [...authPath, "type"], message }];
  });
}

function checkProxy({ gateway: { proxy } }: CheckedCore): readonly IssueDraft[] {
  const problem = proxy === undefined || proxy === DIRECT ? proxy : readProxyUrl(proxy);
  if (typeof problem !== "string" || problem === DIRECT) return [];
  const message = `gateway.proxy is ${problem}; expected http://HOST:PORT, https://HOST:PORT or direct`;
  return [{ code: "WRONG_VALUE", path: ["gateway", "proxy"], message, expected: "the URL of an HTTP proxy" }];
}

function checkHealth(core: CheckedCore): readonly IssueDraft[] {
  const { url, interval_ms } = core.gateway.health;
  const path = ["gateway", "health", "url"];
  if (url !== undefined && !URL.canParse(url)) {
    return [{ code: "WRONG_VALUE", path, message: "gateway.health.url is not a URL" }];
  }
  if (url !== undefined && (new URL(url).username !== "" || new URL(url).password !== "")) {
    const message = "gateway.health.url holds a user or password, which nobody would get to see; remove them";
    return [{ code: "INSECURE", path, message }];
  }
  if (interval_ms === 0 || url !== undefined) return [];
  const framed = writtenEndpoints(core).find((endpoint) => isTcp(endpoint.url));
  if (framed === undefined) return [];
  const message = `gateway.health.interval_ms asks over HTTP, which the port of ${formatKey(framed.urlPath)} (tcp) does not speak; write gateway.health.url`;
  return [{ code: "CONFLICT", path: ["gateway", "health", "interval_ms"], message }];
}

function isTcp(url: WrittenEndpoint["url"]): boolean {
  return /^tcp/i.test(url);
}
