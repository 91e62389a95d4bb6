import { connect, type Socket } from "node:net";
import { DialError, type DialTrace } from "@mcp-router/core/plugin";
import type { DialProgress } from "./dial-progress.ts";
import { hostOf, portOf } from "./host-and-port.ts";
import { settled } from "./settled.ts";

/**
 * Bytes that a socket takes before it asks to wait, in either direction: some round trips of a fast line, and little beside
 * the queues of the router. Node hands this to its streams, whose types have not heard of it.
 */
export const BUFFER = { highWaterMark: 256 * 1024 } as const;

export interface ConnectOptions {
  readonly url: URL;
  readonly keepaliveMs: number;
  readonly signal: AbortSignal;
  readonly progress: DialProgress;
  readonly trace: DialTrace | undefined;
}

/** The port of a dial's URL. @throws DialError when it has none. */
export function requiredPort(url: URL, { target, protocol: { key, plain } }: DialProgress): number {
  const port = portOf(url);
  if (port !== undefined) return port;
  throw new DialError("not_found", `${target} has no port, and ${plain}:// has none of its own.`, {
    hint: `Write the gateway's port into ${key}: HOST:PORT.`,
  });
}

/** Opens TCP to the host and port of a URL: no Nagle, TCP keepalive, several addresses tried as Node does. */
export async function connectTcp({ url, keepaliveMs, signal, progress, trace }: ConnectOptions): Promise<Socket> {
  const host = hostOf(url);
  const port = requiredPort(url, progress);
  const socket = connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepaliveMs,
    ...BUFFER,
  });
  progress.follow(socket);
  if (trace !== undefined) traceConnect(socket, host, trace);
  return await settled(socket, "connect", signal);
}

function traceConnect(socket: Socket, host: string, trace: DialTrace): void {
  const started = performance.now();
  let found = started;
  let named = false;
  // Comes once for each address of the name.
  socket.on("lookup", (error, address, family) => {
    if (error !== null || named) return;
    named = true;
    found = performance.now();
    trace.done("dns", { host, address, family: Number(family), ms: milliseconds(started, found) });
  });
  socket.once("connect", () => {
    const { remoteAddress: address = "", remotePort: port = 0 } = socket;
    trace.done("tcp", { address, port, ms: milliseconds(found) });
  });
}

/** Milliseconds since `start`, to a tenth. */
export function milliseconds(start: number, end = performance.now()): number {
  return Math.round((end - start) * 10) / 10;
}
