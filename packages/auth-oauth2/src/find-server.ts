import { type AuthContext, type Endpoint, escapeForPeople, type TlsMaterial } from "@mcp-router/core/plugin";
import { tlsOfOtherHost } from "@mcp-router/sockets";
import {
  allowInsecureRequests,
  type AuthorizationServer,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
} from "oauth4webapi";
import { kindOf } from "./address-kinds.ts";
import { credentialError } from "./credential-error.ts";
import { type Fetch, fetchOverSockets, placeOf } from "./fetch-over-sockets.ts";
import type { Oauth2Options } from "./options.ts";
import type { Route } from "./route.ts";
import { resourceMetadataOf } from "./told-by-challenge.ts";
import { isHere, nameOf, type Resolve, ToldAddresses } from "./told-address.ts";

/** A token endpoint, and how it is asked. */
export interface TokenServer {
  readonly metadata: AuthorizationServer & { readonly token_endpoint: string };
  /** What assertions are made out to. */
  readonly audience: string;
  /** The resource (RFC 8707) to ask for, unless the configuration names one. */
  readonly resource: string | undefined;
  readonly fetch: Fetch;
  /** Tells this server from others. */
  readonly identity: string;
  /** For messages: `https://auth.example.com/token`. */
  readonly place: string;
  /** The key that the address comes from. */
  readonly key: string;
}

export interface FindServerOptions {
  readonly options: Oauth2Options;
  readonly endpoint: Endpoint;
  readonly context: AuthContext;
  /** The gateway's `WWW-Authenticate`. */
  readonly challenge: string | undefined;
  readonly resolve?: Resolve;
}

interface Way {
  readonly key: string;
  readonly material?: TlsMaterial | undefined;
  readonly route: (url: URL) => Promise<Route> | Route;
}

/**
 * Finds the server that gives tokens: the endpoint or the issuer that the configuration names (RFC 8414), else the one that
 * the gateway's refusal tells (RFC 9728).
 *
 * @throws DialError `credential`
 */
export async function findServer(find: FindServerOptions): Promise<TokenServer> {
  const { token_endpoint: tokenEndpoint, issuer } = find.options;
  if (tokenEndpoint !== undefined) return writtenServer(find, tokenEndpoint, issuer);
  if (issuer !== undefined) return await serverOfIssuer(find, issuer);
  return await serverOfChallenge(find);
}

function writtenServer(find: FindServerOptions, tokenEndpoint: string, issuer: string | undefined): TokenServer {
  const key = "auth.token_endpoint";
  const url = writtenUrl(tokenEndpoint, key);
  return {
    metadata: { issuer: issuer ?? tokenEndpoint, token_endpoint: url.href },
    audience: issuer ?? tokenEndpoint,
    resource: undefined,
    fetch: fetchBy(find, { key, material: materialOf(find.endpoint), route: directly }),
    identity: tokenEndpoint,
    place: placeOf(url),
    key,
  };
}

async function serverOfIssuer(find: FindServerOptions, issuer: string): Promise<TokenServer> {
  const key = "auth.issuer";
  const url = writtenUrl(issuer, key);
  const material = materialOf(find.endpoint);
  const told = toldBy(find, url, `The authorization server ${placeOf(url)}`);
  const metadata = await discover(issuer, key, fetchBy(find, { key, material, route: directly }));
  return {
    metadata,
    audience: metadata.issuer,
    resource: undefined,
    fetch: fetchBy(find, { key, material, route: (to) => told.route(to) }),
    identity: issuer,
    place: placeOf(new URL(metadata.token_endpoint)),
    key,
  };
}

async function serverOfChallenge(find: FindServerOptions): Promise<TokenServer> {
  const address = resourceMetadataOf(find.challenge);
  if (address === undefined) {
    throw credentialError(
      `The gateway ${find.endpoint.name} refuses connections without a token and does not tell who gives tokens (no resource_metadata in its answer).`,
      { hint: "Set auth.token_endpoint or auth.issuer." },
    );
  }
  checkTeller(find.endpoint);
  const key = "the gateway's answer";
  const told = toldBy(find, find.endpoint.url, "The gateway");
  const fetch = fetchBy(find, { key, route: (to) => told.route(to) });
  const { issuer, resource } = await readResource(address, find.endpoint, fetch);
  const metadata = await discover(issuer, key, fetch);
  const place = placeOf(new URL(metadata.token_endpoint));
  return { metadata, audience: metadata.issuer, resource, fetch, identity: issuer, place, key };
}

/** Who can answer in the gateway's place would name a server of their own, and get the client's secret. @throws DialError */
function checkTeller({ url, tls, name }: Endpoint): void {
  const plain = !/^(wss|https|tcps|tcp\+tls):$/.test(url.protocol);
  const sure = !plain && (tls.verify || tls.pins !== undefined);
  if (sure || isHere(nameOf(url))) return;
  const why = plain ? "it is spoken to without TLS" : "gateway.tls.verify is false";
  throw credentialError(`What ${name} tells of who gives tokens may come from anybody: ${why}. It is not believed.`, {
    hint: "Set auth.token_endpoint or auth.issuer.",
  });
}

/** RFC 9728 §3: which resource the gateway says that it is, and who gives tokens for it. */
async function readResource(
  address: URL,
  endpoint: Endpoint,
  fetch: Fetch,
): Promise<{ readonly issuer: string; readonly resource: string }> {
  const response = await fetch(address.href, { method: "GET", headers: {} });
  const found = await objectOf(response);
  const resource = found?.get("resource");
  const issuers: unknown = found?.get("authorization_servers");
  const issuer: unknown = Array.isArray(issuers) ? issuers[0] : undefined;
  const hint = "Set auth.token_endpoint or auth.issuer.";
  if (response.status !== 200 || typeof resource !== "string" || typeof issuer !== "string" || !URL.canParse(issuer)) {
    throw credentialError(`${placeOf(address)}, which the gateway told, does not say who gives tokens.`, { hint });
  }
  if (!covers(resource, endpoint.url)) {
    const told = escapeForPeople(resource, 200);
    throw credentialError(`${placeOf(address)} speaks of another resource (${told}) than the gateway.`, { hint });
  }
  return { issuer, resource };
}

/** Whether a resource is the gateway, or a path above it on the same host: a token for another must not be asked for. */
function covers(resource: string, gateway: URL): boolean {
  if (!URL.canParse(resource)) return false;
  const [told, own] = [asHttp(new URL(resource)), asHttp(gateway)];
  if (told.origin !== own.origin) return false;
  const path = told.pathname.replace(/\/$/, "");
  return own.pathname === path || own.pathname.startsWith(`${path}/`);
}

function asHttp(url: URL): URL {
  return new URL(url.href.replace(/^ws/, "http"));
}

async function discover(issuer: string, key: string, fetch: Fetch): Promise<TokenServer["metadata"]> {
  const url = new URL(issuer);
  let status = 0;
  for (const algorithm of ["oauth2", "oidc"] as const) {
    const response = await discoveryRequest(url, { algorithm, [customFetch]: fetch, [allowInsecureRequests]: true });
    ({ status } = response);
    if (status !== 200) continue;
    const metadata = await processDiscoveryResponse(url, response).catch((cause: unknown) => {
      throw credentialError(`${placeOf(url)} does not describe itself as the authorization server it is asked for.`, {
        hint: `Check ${key}: it must be written exactly as the server names itself. Or set auth.token_endpoint.`,
        cause,
      });
    });
    const { token_endpoint: tokenEndpoint } = metadata;
    if (tokenEndpoint !== undefined && URL.canParse(tokenEndpoint))
      return { ...metadata, token_endpoint: tokenEndpoint };
    throw credentialError(`${placeOf(url)} names no token endpoint.`, { hint: "Set auth.token_endpoint." });
  }
  throw credentialError(`${placeOf(url)} does not tell its token endpoint (HTTP status ${status}).`, {
    hint: `Check ${key}, or set auth.token_endpoint.`,
    permanent: status < 500 && status !== 429,
  });
}

/** A secret goes over the network in the open to nobody. */
function writtenUrl(text: string, key: string): URL {
  const url = new URL(text);
  const name = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol === "https:" || name === "localhost" || kindOf(name) === "loopback") return url;
  throw credentialError(`${placeOf(url)} (${key}) would get the client's secret unencrypted.`, {
    hint: "Use its https:// address. http:// is for servers on this machine.",
  });
}

function directly(url: URL): Route {
  return { to: url, host: url.host };
}

function toldBy({ context, resolve }: FindServerOptions, teller: URL, name: string): ToldAddresses {
  return new ToldAddresses({
    teller,
    name,
    proxyFor: context.proxyFor,
    ...(resolve === undefined ? {} : { resolve }),
  });
}

function fetchBy({ endpoint, context }: FindServerOptions, { key, material, route }: Way): Fetch {
  const { proxyFor, log, signal } = context;
  // Whatever the gateway's certificate is worth: secrets go only to a server that shows a good one.
  const tls = { ...tlsOfOtherHost(endpoint.tls), verify: true };
  return fetchOverSockets({ tls, material, proxyFor, route, key, log, signal });
}

/** The client certificate (RFC 8705) is shown to servers that the configuration names, not to those that a gateway told. */
function materialOf({ tls: { cert, key } }: Endpoint): TlsMaterial | undefined {
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

async function objectOf(response: Response): Promise<ReadonlyMap<string, unknown> | undefined> {
  try {
    const value: unknown = await response.json();
    return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}
