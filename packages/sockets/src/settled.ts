import type { Socket } from "node:net";

/** Waits for `ready`; a socket that fails before is destroyed. Rejects with its error, or with the reason of `signal`. */
export function settled<Kind extends Socket>(
  socket: Kind,
  ready: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<Kind> {
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
