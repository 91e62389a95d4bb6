import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { DialError } from "@mcp-router/core/plugin";
import { DialProgress } from "./dial-progress.ts";
import type { ExchangeOptions, ExchangeRequest } from "./exchange.ts";
import { openSocket } from "./open-socket.ts";
import type { Protocol } from "./protocol.ts";
import { abortedDial, protocolMismatch, socketFailure, textMember, unknownFailure } from "./socket-failure.ts";
import { withDeadline } from "./with-deadline.ts";

const MAX_BODY_BYTES = 256 * 1024;
const MAX_HEAD_BYTES = 16 * 1024;
/** Nothing is sent while an exchange waits, so that TCP keepalive hardly ever has a say. */
const KEEPALIVE_MS = 15_000;

/** An answer whose body may have failed: then it is the error. */
export interface Asked {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer | DialError;
}

/** See `exchange`; here the status of an answer survives a body that is too long or breaks off. */
export async function ask(request: ExchangeRequest, options: ExchangeOptions): Promise<Asked> {
  const { url } = request;
  const { timeoutMs, key = "the URL" } = options;
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new DialError("not_found", `${url.protocol}// is no scheme of HTTP.`, {
      hint: `Write an http:// or https:// address into ${key}.`,
    });
  }
  const progress = new DialProgress({ url, secure: url.protocol === "https:", timeoutMs, protocol: protocolOf(key) });
  try {
    return await withDeadline(timeoutMs, options.signal, (signal) => within(signal, request, options, progress));
  } catch (cause) {
    if (DialError.is(cause)) throw cause;
    throw failure(cause, progress);
  }
}

async function within(
  signal: AbortSignal,
  request: ExchangeRequest,
  { tls, material, proxyFor, trace, maxBytes = MAX_BODY_BYTES }: ExchangeOptions,
  progress: DialProgress,
): Promise<Asked> {
  const target = { url: request.url, tls, connection: { keepaliveIntervalMs: KEEPALIVE_MS } };
  const decision = proxyFor(request.url);
  const socket = await openSocket(target, { tls: material }, signal, progress, { decision, trace });
  // Whoever waits for the answer gets the error from Node's request.
  const cut = (): void => void socket.destroy(abortedDial(signal.reason, progress));
  signal.addEventListener("abort", cut, { once: true });
  try {
    const answer = await send(request, socket, progress);
    progress.stage = "body";
    const { statusCode: status = 0 } = answer;
    const headers = headersOf(answer);
    return { status, headers, body: await readBody(answer, maxBytes, signal, progress) };
  } finally {
    signal.removeEventListener("abort", cut);
    socket.on("error", () => {});
    socket.destroy();
  }
}

/** Sends the request; the head of the answer. */
function send({ url, method, headers, body }: ExchangeRequest, socket: Socket, progress: DialProgress) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    // The parts of the URL, not itself: Node would send its user information as a credential.
    const request = newRequest(
      () =>
        process.getBuiltinModule("node:http").request({
          method,
          path: url.pathname + url.search,
          headers: {
            host: url.host,
            "accept-encoding": "identity",
            ...headers,
            ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
          },
          maxHeaderSize: MAX_HEAD_BYTES,
          createConnection: () => socket,
        }),
      progress,
    );
    request.once("response", resolve);
    // A switch of protocols that nobody asked for: Node lets go of the socket without another word.
    request.once("upgrade", () => {
      const hint = `Check host, port and path of ${progress.protocol.key}.`;
      reject(protocolMismatch(progress, { says: "the answer switches to another protocol", hint }));
    });
    // Stays: what fails after the head is told by the answer too, and would throw here otherwise.
    request.on("error", reject);
    request.end(body);
  });
}

/** @throws DialError for a header that HTTP cannot carry, without its value. */
function newRequest(create: () => ClientRequest, { target }: DialProgress): ClientRequest {
  try {
    return create();
  } catch {
    throw new DialError(
      "credential",
      `The request to ${target} cannot be sent: a header or the path holds a character that HTTP forbids.`,
      { hint: "Remove line breaks, control characters and characters outside Latin-1 from the credential." },
    );
  }
}

function headersOf(answer: IncomingMessage): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined) headers.set(name, typeof value === "string" ? value : value.join(", "));
  }
  return headers;
}

/** The body; why there is none, when it breaks off or is too long. Rejects when `signal` ends it. */
async function readBody(
  answer: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
  progress: DialProgress,
): Promise<Buffer | DialError> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk)) continue;
      length += chunk.length;
      // Leaving the loop destroys the connection.
      if (length > maxBytes) {
        const { target, protocol } = progress;
        return new DialError("protocol", `${target} sent an answer of more than ${maxBytes} bytes.`, {
          hint: `Check host, port and path of ${protocol.key}: something else seems to answer there.`,
        });
      }
      chunks.push(chunk);
    }
  } catch (cause) {
    if (signal.aborted) throw abortedDial(signal.reason, progress);
    return failure(cause, progress);
  }
  return Buffer.concat(chunks, length);
}

/** How HTTP speaks of itself when an exchange fails. */
function protocolOf(key: string): Protocol {
  return {
    plain: "http",
    secure: "https",
    key,
    silent: { says: "connected, but the request was not answered", hint: `Check host, port and path of ${key}.` },
    hungUp: (secure) => ({
      says: "without answering the request",
      hint: secure ? `Check host and port of ${key}.` : `If the port speaks TLS, use https:// in ${key}.`,
    }),
  };
}

function failure(cause: unknown, progress: DialProgress): DialError {
  const { target, protocol } = progress;
  const code = textMember(cause, "code");
  if (code === "HPE_HEADER_OVERFLOW") {
    return new DialError("protocol", `${target} sent headers of more than ${MAX_HEAD_BYTES} bytes.`, {
      hint: `Check host, port and path of ${protocol.key}: something else seems to answer there.`,
    });
  }
  // Without the cause: it holds what was received, which may be a token.
  if (code.startsWith("HPE_")) {
    return protocolMismatch(progress, {
      says: "the answer is not HTTP",
      hint: `Check host and port of ${protocol.key}; with TLS it starts with https://.`,
    });
  }
  return socketFailure(cause, progress) ?? unknownFailure(cause, progress);
}
