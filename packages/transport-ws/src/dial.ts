import { type Channel, type ChannelSink, type Credential, DialError, type Endpoint } from "@mcp-router/core/plugin";
import { WebSocket } from "ws";
import { readExcerpt } from "./body-excerpt.ts";
import { channelInfo } from "./channel-info.ts";
import { dialFailure, dialTimeout } from "./dial-failure.ts";
import { DialProgress } from "./dial-progress.ts";
import { readRateLimit } from "./rate-limit-headers.ts";
import { socketOptions } from "./socket-options.ts";
import { upgradeRefusal } from "./upgrade-refusal.ts";
import { WebSocketChannel } from "./web-socket-channel.ts";

function start(endpoint: Endpoint, credential: Credential, progress: DialProgress): WebSocket {
  const { subprotocol } = endpoint.connection;
  try {
    // A client that offers a subprotocol fails against servers that pick none, so none is offered unless configured.
    return new WebSocket(
      endpoint.url,
      subprotocol === undefined ? [] : [subprotocol],
      socketOptions(endpoint, credential, progress),
    );
  } catch (error) {
    // Thrown in place: unusable TLS material, a subprotocol or URL that ws does not take.
    throw dialFailure(error, progress);
  }
}

function abortError(signal: AbortSignal, progress: DialProgress): DialError {
  const reason: unknown = signal.reason;
  if (DialError.is(reason)) return reason;
  if (reason instanceof Error && reason.name === "TimeoutError") return dialTimeout(progress);
  return new DialError("timeout", `The dial to ${progress.target} was called off.`, {
    cause: reason,
  });
}

/**
 * Opens one WebSocket. The gateway's bytes reach `sink` only after the returned promise was resolved and its owner had a
 * turn; rate-limit headers of the upgrade reach it before, so that they hold for the first message.
 *
 * @throws DialError
 */
export function dial(
  endpoint: Endpoint,
  credential: Credential,
  sink: ChannelSink,
  signal: AbortSignal,
): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const progress = new DialProgress(endpoint.url, endpoint.connection.timeoutMs);
    if (signal.aborted) throw abortError(signal, progress);
    const webSocket = start(endpoint, credential, progress);
    let settled = false;

    const fail = (error: DialError): void => {
      // ws reports the end of a dial that we cut as one more error.
      if (settled) return;
      settled = true;
      signal.removeEventListener("abort", abort);
      webSocket.terminate();
      reject(error);
    };
    const abort = (): void => fail(abortError(signal, progress));
    signal.addEventListener("abort", abort);

    webSocket.on("error", (error) => fail(dialFailure(error, progress)));
    webSocket.once("unexpected-response", (_request, refusal) => {
      void readExcerpt(refusal).then((excerpt) => {
        const { statusCode: status = 0, statusMessage: statusText = "", headers } = refusal;
        fail(upgradeRefusal({ status, statusText, headers, excerpt }, endpoint.url, Date.now()));
      });
    });
    // "open" follows in the same turn, once ws has found the answer to be in order.
    webSocket.once("upgrade", (answer) => {
      webSocket.once("open", () => {
        settled = true;
        signal.removeEventListener("abort", abort);
        const { target } = progress;
        const connection = {
          webSocket,
          socket: answer.socket,
          info: channelInfo(answer),
          target,
          ...endpoint.connection,
        };
        const channel = new WebSocketChannel(connection, sink);
        const limits = readRateLimit(answer.headers, Date.now());
        if (limits !== undefined) sink.signal(limits);
        resolve(channel);
        setImmediate(() => channel.begin());
      });
    });
  });
}
