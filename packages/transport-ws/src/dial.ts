import type { IncomingMessage } from "node:http";
import {
  type Channel,
  type ChannelSink,
  type Credential,
  DialError,
  type DialTrace,
  type Endpoint,
  escapeForPeople,
} from "@mcp-router/core/plugin";
import {
  abortedDial,
  DialProgress,
  expiryWarning,
  LONGEST_EXCERPT,
  openSocket,
  type OpenSocketOptions,
  withDeadline,
} from "@mcp-router/sockets";
import { channelInfo } from "./channel-info.ts";
import { dialFailure } from "./dial-failure.ts";
import { readRateLimit } from "./rate-limit-headers.ts";
import { type SocketOptions, socketOptions } from "./socket-options.ts";
import { readRefusal } from "./upgrade-refusal.ts";
import { WebSocketChannel } from "./web-socket-channel.ts";
import { WEB_SOCKET } from "./web-socket-protocol.ts";
import { WebSocket } from "./web-socket-library.ts";

/** Characters; shorter values occur in answers by chance. */
const SHORTEST_SECRET = 8;

export interface DialOptions extends OpenSocketOptions {
  /** Called with words about the gateway's certificate that belong into the log. */
  readonly warn?: (text: string) => void;
}

/**
 * Opens one WebSocket. The gateway's bytes reach `sink` only after the returned promise was resolved and its owner had a
 * turn; rate-limit headers of the upgrade reach it before, so that they hold for the first message.
 *
 * @throws DialError
 */
export async function dial(
  endpoint: Endpoint,
  credential: Credential,
  sink: ChannelSink,
  signal: AbortSignal,
  { warn, ...way }: DialOptions = {},
): Promise<Channel> {
  const { url, connection } = endpoint;
  const { timeoutMs } = connection;
  const progress = new DialProgress({ url, secure: url.protocol === "wss:", timeoutMs, protocol: WEB_SOCKET });
  const options = socketOptions(endpoint, credential);
  return await withDeadline(timeoutMs, signal, async (bounded) => {
    const socket = await openSocket(endpoint, credential, bounded, progress, way);
    const warning = expiryWarning(progress);
    if (warning !== undefined) warn?.(warning);
    try {
      return await upgrade(
        endpoint,
        { ...options, createConnection: () => socket },
        sink,
        bounded,
        progress,
        way.trace,
      );
    } catch (cause) {
      socket.on("error", () => {}).destroy();
      if (DialError.is(cause)) throw cause;
      throw bounded.aborted ? abortedDial(cause, progress) : dialFailure(cause, progress);
    }
  });
}

/** Rejects with a DialError, with whatever ws reports, or with the reason of `signal`. */
function upgrade(
  { connection, url }: Endpoint,
  options: SocketOptions,
  sink: ChannelSink,
  signal: AbortSignal,
  progress: DialProgress,
  trace: DialTrace | undefined,
): Promise<Channel> {
  const started = trace === undefined ? 0 : performance.now();
  return new Promise((resolve, reject) => {
    // A client that offers a subprotocol fails against servers that pick none, so none is offered unless configured.
    const subprotocols = connection.subprotocol === undefined ? [] : [connection.subprotocol];
    const webSocket = new WebSocket(url, subprotocols, options);
    let settled = false;
    const settle = (): void => {
      settled = true;
      signal.removeEventListener("abort", abort);
    };
    const fail = (cause: unknown): void => {
      // ws reports the end of a dial that we cut as one more error.
      if (settled) return;
      settle();
      webSocket.terminate();
      reject(cause);
    };
    const abort = (): void => fail(signal.reason);
    signal.addEventListener("abort", abort);

    webSocket.on("error", fail);
    webSocket.once("unexpected-response", (_request, response) => {
      readRefusal(response, url, secretsOf(options)).then(fail, fail);
    });
    // "open" follows in the same turn, once ws has found the answer to be in order.
    webSocket.once("upgrade", (answer) => {
      webSocket.once("open", () => {
        settle();
        const { target } = progress;
        const parts = { webSocket, socket: answer.socket, info: channelInfo(answer), target, ...connection };
        const channel = new WebSocketChannel(parts, sink);
        trace?.done("upgrade", upgradeFacts(answer, started));
        const limits = readRateLimit(answer.headers, Date.now());
        if (limits !== undefined) sink.signal(limits);
        resolve(channel);
        setImmediate(() => channel.begin());
      });
    });
  });
}

/** The values of the credential's headers, without the word that says of which scheme they are. */
function secretsOf({ headers = {} }: SocketOptions): readonly string[] {
  return Object.values(headers)
    .map((value) => value.replace(/^\w+ +/, ""))
    .filter((value) => value.length >= SHORTEST_SECRET);
}

function upgradeFacts({ statusCode = 101, headers }: IncomingMessage, started: number) {
  const version = headers["x-mcp-gateway-version"];
  return {
    status: statusCode,
    ...(typeof version === "string" ? { "x-mcp-gateway-version": escapeForPeople(version, LONGEST_EXCERPT) } : {}),
    ms: Math.round((performance.now() - started) * 10) / 10,
  };
}
