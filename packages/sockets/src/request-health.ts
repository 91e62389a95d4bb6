import { request as requestPlain, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestSecure } from "node:https";
import { DialError, type Endpoint, type HealthAnswer, escapeForPeople } from "@mcp-router/core/plugin";
import { DialProgress } from "./dial-progress.ts";
import { hostOf } from "./host-and-port.ts";
import { LONGEST_EXCERPT } from "./longest-excerpt.ts";
import type { Protocol } from "./protocol.ts";
import { abortedDial, protocolMismatch, socketFailure, textMember } from "./socket-failure.ts";
import { tlsOptions } from "./tls-options.ts";

/** What a health endpoint says beyond this many bytes is not read. */
const MAX_BODY_BYTES = 64 * 1024;

const KEY = "gateway.health.url";

const HTTP: Protocol = {
  plain: "http",
  secure: "https",
  key: KEY,
  silent: { says: "connected, but the request was not answered", hint: `Check host, port and path of ${KEY}.` },
  hungUp: (secure) => ({
    says: "without answering the request",
    hint: secure ? `Check host and port of ${KEY}.` : `If the port speaks TLS, use https:// in ${KEY}.`,
  }),
};

/** See `askHealth`. */
export async function requestHealth(endpoint: Endpoint, url: URL, signal: AbortSignal): Promise<HealthAnswer> {
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new DialError("not_found", `${url.protocol}// is no scheme of a health endpoint.`, {
      hint: `Write an http:// or https:// address into ${KEY}.`,
    });
  }
  const secure = url.protocol === "https:";
  const { timeoutMs } = endpoint.connection;
  const progress = new DialProgress({ url, secure, timeoutMs, protocol: HTTP });
  try {
    signal.throwIfAborted();
    const answer = await get(endpoint, url, signal, progress);
    const body = await readBody(answer, signal);
    // Where was asked, without user information and query, which may hold secrets.
    return { url: url.origin + url.pathname, status: answer.statusCode ?? 0, ...readHealth(body) };
  } catch (cause) {
    if (signal.aborted) throw abortedDial(signal.reason, progress);
    throw failure(cause, progress);
  }
}

/** The head of the answer. Its body ends, or breaks, with the signal. */
function get(endpoint: Endpoint, url: URL, signal: AbortSignal, progress: DialProgress): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Its parts, not the URL itself: Node would send user information of the URL as a credential.
    const options: RequestOptions = {
      host: hostOf(url),
      port: url.port,
      path: url.pathname + url.search,
      headers: { accept: "application/json" },
      agent: false,
      signal,
      ...(progress.secure ? tlsRules(endpoint, url) : {}),
    };
    const request = progress.secure ? requestSecure(options, resolve) : requestPlain(options, resolve);
    request.once("socket", (socket) => progress.follow(socket));
    request.once("error", reject);
    // An answer that switches protocols (101) is none that Node tells of. After an answer this changes nothing.
    request.once("close", () => reject(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
    request.end();
  });
}

/** On another host than the gateway's, neither its name nor the client certificate has a meaning. */
function tlsRules(endpoint: Endpoint, url: URL) {
  const { cert, key, servername, ...rules } = tlsOptions(endpoint);
  if (hostOf(url) !== hostOf(endpoint.url)) return rules;
  return {
    ...rules,
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
  };
}

/** The body as text; undefined when it breaks off, or is longer than anybody needs: the status is an answer without it. */
async function readBody(answer: IncomingMessage, signal: AbortSignal): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk)) continue;
      length += chunk.length;
      // Leaving the loop destroys the connection.
      if (length > MAX_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch (cause) {
    if (signal.aborted) throw cause;
    return undefined;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** `status` and `version` of a JSON object, as far as they have the types they should have. */
function readHealth(body: string | undefined): Pick<HealthAnswer, "says" | "version"> {
  const health = parse(body);
  if (typeof health !== "object" || health === null) return {};
  const says: unknown = Reflect.get(health, "status");
  const version: unknown = Reflect.get(health, "version");
  return {
    ...(typeof says === "string" ? { says } : {}),
    ...(typeof version === "string" || typeof version === "number" ? { version: String(version) } : {}),
  };
}

function parse(body: string | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
}

function failure(cause: unknown, progress: DialProgress): DialError {
  const code = textMember(cause, "code");
  if (code.startsWith("HPE_")) {
    return protocolMismatch(
      progress,
      { says: "the answer is not HTTP", hint: `Check host and port of ${KEY}; with TLS it starts with https://.` },
      cause,
    );
  }
  const found = socketFailure(cause, progress);
  if (found !== undefined) return found;
  const text = escapeForPeople(textMember(cause, "message") || String(cause), LONGEST_EXCERPT);
  return new DialError("unreachable", `The health request to ${progress.target} failed: ${text}.`, { cause });
}
