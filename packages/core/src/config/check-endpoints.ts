import type { CheckedCore } from "./core-schema.ts";
import { notBuilt } from "./contributions.ts";
import type { OwnedSlot } from "./contributions.ts";
import { gatewayVersion, writtenEndpoints } from "./endpoints.ts";
import type { WrittenEndpoint } from "./endpoints.ts";
import { howToAdd, STANDARD_SCHEMES } from "./first-party.ts";
import type { IssueDraft } from "./issue-draft.ts";
import { formatKey } from "./key-path.ts";
import type { KeyPath } from "./key-path.ts";

const EXAMPLE = "wss://gateway.example.com:8443/mcp";
/** Schemes of plain text on the wire. Other transports say nothing of theirs, and are trusted to be private. */
const PLAINTEXT: ReadonlySet<string> = new Set(["ws", "tcp", "http"]);
/** What people write for a transport that is there. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ["http", "ws"],
  ["https", "wss"],
  ["tls", "tcps"],
]);

/** Checks that the gateway's addresses can be used, and used safely. */
export function checkEndpoints(core: CheckedCore, transports: ReadonlyMap<string, OwnedSlot>): readonly IssueDraft[] {
  const { url, endpoints } = core.gateway;
  if (url === undefined && endpoints === undefined) {
    const message = `gateway.url is missing: say where the gateway is, such as url: "${EXAMPLE}"`;
    return [{ code: "MISSING_KEY", path: ["gateway", "url"], message, expected: "a URL" }];
  }
  const issues: IssueDraft[] = [];
  if (url !== undefined && endpoints !== undefined) {
    const message = "gateway.url and gateway.endpoints are both there; write one of them";
    issues.push({ code: "CONFLICT", path: ["gateway", "endpoints"], message });
  }
  for (const endpoint of writtenEndpoints(core)) issues.push(...checkEndpoint(endpoint, core, transports));
  return issues;
}

function checkEndpoint(
  { url: written, urlPath, authPath, tls, tlsPath }: WrittenEndpoint,
  core: CheckedCore,
  transports: ReadonlyMap<string, OwnedSlot>,
): readonly IssueDraft[] {
  const key = formatKey(urlPath);
  // Neither message below shows the URL: a query or user information may be secret.
  if (!URL.canParse(written)) {
    const message = `${key} is not a URL; expected something like "${EXAMPLE}"`;
    return [{ code: "WRONG_VALUE", path: urlPath, message, expected: "a URL" }];
  }
  const url = new URL(written);
  const scheme = url.protocol.slice(0, -1);
  const slot = transports.get(scheme);
  if (slot === undefined) return [unknownScheme(scheme, urlPath, transports)];
  const issues: IssueDraft[] = [];
  const add = (code: IssueDraft["code"], path: KeyPath, message: string) => issues.push({ code, path, message });

  if (url.hostname === "" && STANDARD_SCHEMES.has(scheme)) {
    add("WRONG_VALUE", urlPath, `${key} names no host; expected something like "${scheme}://gateway.example.com:9443"`);
  }
  if (url.username !== "" || url.password !== "") {
    add(
      "INSECURE",
      urlPath,
      `${key} holds a user or password, and URLs end up in logs; put the credential under gateway.auth`,
    );
  }
  if (url.hash !== "")
    add("WRONG_VALUE", urlPath, `${key} has a fragment (#…), which no gateway gets to see; remove it`);
  if (scheme.startsWith("tcp") && url.hostname !== "" && (url.port === "" || url.port === "0")) {
    add(
      "WRONG_VALUE",
      urlPath,
      `${key} names no port, and ${scheme}: has none of its own; write ${scheme}://HOST:PORT`,
    );
  }
  if (scheme.startsWith("tcp") && /[^/]/.test(url.pathname + url.search)) {
    add("WRONG_VALUE", urlPath, `${key} has a path or query, which ${scheme}: has no place for; remove it`);
  }
  if (gatewayVersion(core.gateway.version) === "1" && scheme.startsWith("tcp")) {
    const message = `gateway.version 1 speaks WebSocket only, and ${key} is ${scheme}:; use wss:, or gateway.version 2`;
    add("CONFLICT", ["gateway", "version"], message);
  }
  if (PLAINTEXT.has(scheme) && authPath !== undefined && !isLoopback(url.hostname) && !tls.allow_plaintext) {
    const message = `${key} is ${scheme}: to another machine, so the credential of ${formatKey(authPath)} would travel in plain text; use ${scheme === "tcp" ? "tcps" : "wss"}:, or set ${formatKey([...tlsPath, "allow_plaintext"])}: true`;
    add("INSECURE", urlPath, message);
  }
  if (!slot.hasCreate) {
    add("PLUGIN_NOT_BUILT", urlPath, `${notBuilt(`${key} (${scheme}:)`, slot.owner)}; use another scheme`);
  }
  return issues;
}

function unknownScheme(scheme: string, path: KeyPath, transports: ReadonlyMap<string, OwnedSlot>): IssueDraft {
  const key = formatKey(path);
  const standard = STANDARD_SCHEMES.get(scheme);
  if (standard !== undefined) {
    const message = `${key} (${scheme}:) needs the plugin ${standard.packageName}; ${howToAdd(standard)}`;
    return { code: "PLUGIN_NOT_LOADED", path, message };
  }
  const known = [...transports.keys()];
  const meant = MEANT.get(scheme);
  const suggestion = meant !== undefined && known.includes(meant) ? meant : undefined;
  const choice =
    known.length === 0
      ? "no plugin with a transport is loaded"
      : `expected ${known.map((name) => `${name}:`).join(", ")}`;
  const advice = suggestion === undefined ? "" : `; did you mean ${suggestion}:?`;
  const message = `${key} has the scheme ${scheme}:, for which there is no transport; ${choice}${advice}`;
  return { code: "UNKNOWN_SCHEME", path, message, expected: known.join(", "), suggestion };
}

/** Whether a host of a URL is this machine. An unusual spelling of a loopback address counts as foreign. */
function isLoopback(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(host);
}
