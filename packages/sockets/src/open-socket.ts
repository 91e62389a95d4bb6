import { connect, isIP, type Socket } from "node:net";
import { type Credential, DialError, type Endpoint, escapeForPeople } from "@mcp-router/core/plugin";
import { LONGEST_EXCERPT } from "./longest-excerpt.ts";
import type { DialProgress } from "./dial-progress.ts";
import { hostOf, portOf } from "./host-and-port.ts";
import { abortedDial, socketFailure, textMember } from "./socket-failure.ts";
import { tlsOptions } from "./tls-options.ts";

/**
 * Bytes that a socket takes before it asks to wait, in either direction: some round trips of a fast line, and little beside
 * the queues of the router. Node hands this to its streams, whose types have not heard of it.
 */
const BUFFER = { highWaterMark: 256 * 1024 } as const;

/**
 * Opens a connection to the host and port of an endpoint's URL, with TLS when `progress` says so. Nagle's algorithm is off
 * and TCP keepalive on. The socket does not read yet; its owner must listen for errors before the turn is over.
 *
 * @throws DialError saying why; when `signal` aborts, what its reason means.
 */
export async function openSocket(
  endpoint: Endpoint,
  credential: Credential,
  signal: AbortSignal,
  progress: DialProgress,
): Promise<Socket> {
  try {
    signal.throwIfAborted();
    const socket = await openTcp(endpoint, signal, progress);
    return progress.secure ? await startTls(socket, endpoint, credential, signal, progress) : socket;
  } catch (cause) {
    if (DialError.is(cause)) throw cause;
    if (signal.aborted) throw abortedDial(signal.reason, progress);
    throw socketFailure(cause, progress) ?? unknownFailure(cause, progress);
  }
}

function unknownFailure(cause: unknown, { target, secure }: DialProgress): DialError {
  const text = escapeForPeople(textMember(cause, "message") || String(cause), LONGEST_EXCERPT);
  return new DialError(secure ? "tls" : "unreachable", `The connection to ${target} failed: ${text}.`, { cause });
}

function openTcp(endpoint: Endpoint, signal: AbortSignal, progress: DialProgress): Promise<Socket> {
  const port = portOf(endpoint.url);
  if (port === undefined) {
    const { key } = progress.protocol;
    const { protocol: scheme } = endpoint.url;
    throw new DialError("not_found", `${progress.target} has no port, and ${scheme}// has none of its own.`, {
      hint: `Write the gateway's port into ${key}: HOST:PORT.`,
    });
  }
  const socket = connect({
    host: hostOf(endpoint.url),
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: endpoint.connection.keepaliveIntervalMs,
    ...BUFFER,
  });
  progress.follow(socket);
  return settled(socket, "connect", signal);
}

async function startTls(
  socket: Socket,
  endpoint: Endpoint,
  credential: Credential,
  signal: AbortSignal,
  progress: DialProgress,
): Promise<Socket> {
  const { servername, ...options } = tlsOptions(endpoint, credential);
  const name = servername ?? hostOf(endpoint.url);
  try {
    // Loaded only now: most sessions have no need of it, or have it from elsewhere.
    const secure = process.getBuiltinModule("node:tls").connect({
      ...options,
      socket,
      // The name that the certificate must have. Only host names are asked for (RFC 6066 §3).
      host: name,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ...BUFFER,
    });
    progress.follow(secure);
    return await settled(secure, "secureConnect", signal);
  } catch (cause) {
    socket.destroy();
    throw cause;
  }
}

/** Waits for `ready`; a socket that fails before is destroyed. Rejects with its error, or with the reason of `signal`. */
function settled(socket: Socket, ready: "connect" | "secureConnect", signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const release = (): void => {
      signal.removeEventListener("abort", abort);
      socket.off("error", fail);
      socket.off("close", closed);
      socket.off(ready, done);
    };
    const done = (): void => {
      release();
      resolve(socket);
    };
    const fail = (cause: unknown): void => {
      release();
      // What a socket says after it was given up is no news.
      socket.on("error", () => {});
      socket.destroy();
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason of a signal may be anything
      reject(cause);
    };
    const abort = (): void => fail(signal.reason);
    const closed = (): void => fail(Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" }));
    signal.addEventListener("abort", abort);
    socket.once("error", fail);
    socket.once("close", closed);
    socket.once(ready, done);
  });
}
