import type { Socket } from "node:net";

/**
 * How many bytes the system has taken from a socket to send them: it grows while one large write is under way, of which the
 * stream itself only learns when all of it is gone. Only differences mean anything.
 */
export function takenBytes(socket: Socket): number {
  // Node looks at the same two figures to tell a slow write from a dead one (`socket.setTimeout`), and has no public name for them.
  const handle: unknown = Reflect.get(socket, "_handle");
  return figure(handle, "bytesWritten") - figure(handle, "writeQueueSize");
}

function figure(handle: unknown, name: string): number {
  const value: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, name) : undefined;
  return typeof value === "number" ? value : 0;
}
