import { DIRECT, readProxyUrl } from "../config/proxy-url.ts";
import { DialError } from "../plugin/dial-error.ts";
import type { ProxyDecision, ProxyFor, ProxyServer } from "../plugin/proxy.ts";
import { Secret } from "../plugin/secret.ts";
import { matchNoProxy } from "./no-proxy.ts";

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ["http:", 80],
  ["ws:", 80],
  ["https:", 443],
  ["wss:", 443],
]);
const SECURE: ReadonlySet<string> = new Set(["https:", "wss:", "tcps:", "tcp+tls:"]);

export interface ProxyRulesOptions {
  /** `gateway.proxy`. */
  readonly written: string | undefined;
  readonly env: { readonly [name: string]: string | undefined };
  readonly redact: (text: string) => void;
}

/**
 * The proxy of `gateway.proxy`, else that of `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY` (in lower case too, which goes
 * first), unless `NO_PROXY` excepts the host. The variables never apply to this machine itself.
 */
export function createProxyRules({ written, env, redact }: ProxyRulesOptions): ProxyFor {
  const variable = (name: string): readonly [name: string, value: string] | undefined => {
    for (const spelling of [name.toLowerCase(), name]) {
      const value = env[spelling];
      if (value !== undefined && value !== "") return [spelling, value];
    }
    return undefined;
  };
  return (url) => {
    if (written === DIRECT) return { proxy: undefined, because: "gateway.proxy is direct" };
    if (written !== undefined) return { proxy: readProxy(written, "gateway.proxy", redact), because: "gateway.proxy" };
    const chosen = variable(SECURE.has(url.protocol) ? "HTTPS_PROXY" : "HTTP_PROXY") ?? variable("ALL_PROXY");
    if (chosen === undefined) return { proxy: undefined, because: "no proxy is set" };
    return (
      exception(url, variable("NO_PROXY")) ?? { proxy: readProxy(chosen[1], chosen[0], redact), because: chosen[0] }
    );
  };
}

function exception(url: URL, list: readonly [name: string, value: string] | undefined): ProxyDecision | undefined {
  if (isThisMachine(url.hostname)) return { proxy: undefined, because: "the host is this machine" };
  if (list === undefined) return undefined;
  const port = url.port === "" ? DEFAULT_PORTS.get(url.protocol) : Number(url.port);
  const entry = matchNoProxy(list[1], url.hostname, port);
  return entry === undefined ? undefined : { proxy: undefined, because: `${list[0]} (${entry})` };
}

/** @throws DialError `proxy`; the message never shows what was written, which may hold a password. */
function readProxy(text: string, key: string, redact: (text: string) => void): ProxyServer {
  const url = readProxyUrl(text);
  if (typeof url === "string") {
    throw new DialError("proxy", `${key} is ${url}; the router goes through HTTP proxies.`, {
      permanent: true,
      hint: `Write http://HOST:PORT into ${key}.`,
    });
  }
  const { username, password } = url;
  url.username = "";
  url.password = "";
  if (username === "" && password === "") return { url, authorization: undefined };
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  for (const secret of [password, decodeURIComponent(password), basic]) redact(secret);
  return { url, authorization: new Secret(`Basic ${basic}`) };
}

function isThisMachine(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/i.test(host);
}
