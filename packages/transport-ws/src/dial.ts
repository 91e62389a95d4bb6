import { type Channel, type ChannelSink, type Credential, DialError, type Endpoint } from "@mcp-router/core/plugin";
import { abortedDial, DialProgress } from "@mcp-router/sockets";
import { channelInfo } from "./channel-info.ts";
import { dialFailure } from "./dial-failure.ts";
import { readRateLimit } from "./rate-limit-headers.ts";
import { socketOptions } from "./socket-options.ts";
import { readRefusal } from "./upgrade-refusal.ts";
import { WebSocketChannel } from "./web-socket-channel.ts";
import { WEB_SOCKET } from "./web-socket-protocol.ts";
import { WebSocket } from "./web-socket-library.ts";

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
): Promise<Channel> {
  const { connection, url } = endpoint;
  const secure = url.protocol === "wss:";
  const progress = new DialProgress({ url, secure, timeoutMs: connection.timeoutMs, protocol: WEB_SOCKET });
  try {
    signal.throwIfAborted();
    return await connect(endpoint, credential, sink, signal, progress);
  } catch (cause) {
    if (DialError.is(cause)) throw cause;
    throw signal.aborted ? abortedDial(cause, progress) : dialFailure(cause, progress);
  }
}

/** Rejects with a DialError, with whatever ws reports, or with the reason of `signal`. */
function connect(
  endpoint: Endpoint,
  credential: Credential,
  sink: ChannelSink,
  signal: AbortSignal,
  progress: DialProgress,
): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const { connection, url } = endpoint;
    // A client that offers a subprotocol fails against servers that pick none, so none is offered unless configured.
    const subprotocols = connection.subprotocol === undefined ? [] : [connection.subprotocol];
    const webSocket = new WebSocket(url, subprotocols, socketOptions(endpoint, credential, progress));
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
      readRefusal(response, url).then(fail, fail);
    });
    // "open" follows in the same turn, once ws has found the answer to be in order.
    webSocket.once("upgrade", (answer) => {
      webSocket.once("open", () => {
        settle();
        const { target } = progress;
        const parts = { webSocket, socket: answer.socket, info: channelInfo(answer), target, ...connection };
        const channel = new WebSocketChannel(parts, sink);
        const limits = readRateLimit(answer.headers, Date.now());
        if (limits !== undefined) sink.signal(limits);
        resolve(channel);
        setImmediate(() => channel.begin());
      });
    });
  });
}
