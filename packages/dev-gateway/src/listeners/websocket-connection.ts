import type { IncomingMessage } from "node:http";

import type { RawData, WebSocket } from "ws";

import { closeReason } from "./close-reason.ts";
import type { AcceptConnection, Connection } from "./connection.ts";
import type { SocketGate } from "./socket-gate.ts";

/** Above this many bytes not yet taken by the peer, senders are asked to wait. */
const HIGH_WATER_BYTES = 1024 * 1024;

/** How long a peer may take to answer a close frame. */
const CLOSE_DEADLINE_MS = 1000;

/** Makes a connection of an upgraded socket, with the gate it writes through, and hands it over. */
export function adoptWebSocket(
  webSocket: WebSocket,
  gate: SocketGate,
  request: IncomingMessage,
  accept: AcceptConnection,
): void {
  let behind = false;
  let deadline: NodeJS.Timeout | undefined;

  const caughtUp = (): void => {
    if (!behind || webSocket.bufferedAmount > HIGH_WATER_BYTES / 2) return;
    behind = false;
    events.drain();
  };
  const connection: Connection = {
    transport: "ws",
    remoteAddress: `${request.socket.remoteAddress ?? "unknown"}:${request.socket.remotePort ?? 0}`,
    headers: request.headers,
    send(message, { taken }) {
      webSocket.send(message, { binary: false }, () => {
        taken?.();
        caughtUp();
      });
      behind = webSocket.bufferedAmount > HIGH_WATER_BYTES;
      return !behind;
    },
    sendFrame: (raw, options) => webSocket.send(raw, { binary: options?.binary ?? typeof raw !== "string" }),
    sendBytes: (raw) => gate.write(raw),
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    stall: () => gate.stall(),
    release: () => gate.release(),
    slowDown: (pace) => gate.slowDown(pace),
    close(code, reason) {
      gate.release();
      webSocket.close(code, closeReason(reason));
      // A paused socket would never show the peer's close frame.
      webSocket.resume();
      deadline ??= setTimeout(() => webSocket.terminate(), CLOSE_DEADLINE_MS);
    },
    terminate: () => webSocket.terminate(),
  };
  const events = accept(connection);

  webSocket.on("message", (data) => events.message(toBuffer(data)));
  // The close event that follows says all that is needed: ws has put the right code into it.
  webSocket.on("error", () => {});
  webSocket.on("close", (code, reason) => {
    clearTimeout(deadline);
    events.closed(code, reason.toString("utf8"));
  });
}

/** ws delivers Buffers with its default `binaryType`; its types allow more. */
function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
