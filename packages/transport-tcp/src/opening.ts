import type { Socket } from "node:net";
import { DialError, type FrameOpening } from "@mcp-router/core/plugin";
import { abortedDial, type DialProgress, hungUp, socketFailure } from "@mcp-router/sockets";
import { readErrorFrame } from "./error-frame.ts";
import type { FrameReader } from "./frame-reader.ts";
import { type Expected, mismatch } from "./mismatch.ts";

export interface NegotiateOptions {
  readonly socket: Socket;
  readonly opening: FrameOpening;
  /** What has come behind the gateway's answer stays in it. */
  readonly reader: FrameReader;
  readonly expected: Expected;
  readonly progress: DialProgress;
  readonly signal: AbortSignal;
}

/**
 * Sends the opening of a layout that negotiates, and waits for the gateway's answer. The socket is paused afterwards.
 *
 * @throws DialError
 */
export function negotiate(options: NegotiateOptions): Promise<void> {
  const { socket, opening, reader, progress, signal } = options;
  return new Promise((resolve, reject) => {
    const release = (): void => {
      signal.removeEventListener("abort", abort);
      socket.pause();
      socket.off("data", take).off("error", broken).off("end", ended).off("close", ended);
    };
    const fail = (error: DialError): void => {
      release();
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const abort = (): void => fail(abortedDial(signal.reason, progress));
    const broken = (error: Error): void =>
      fail(socketFailure(error, progress) ?? new DialError("unreachable", error.message, { cause: error }));
    const ended = (): void => fail(hungUp("end of stream", progress));
    const take = (bytes: Buffer): void => {
      reader.push(bytes);
      const answer = readAnswer(options);
      if (answer === undefined) return;
      if (answer !== "agreed") {
        fail(answer);
        return;
      }
      release();
      resolve();
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort);
    socket.on("data", take).on("error", broken).on("end", ended).on("close", ended);
    socket.write(opening.hello);
  });
}

/** Reads frames up to the gateway's answer; undefined when it has not come yet. */
function readAnswer({ opening, reader, expected, progress }: NegotiateOptions): "agreed" | DialError | undefined {
  const { target } = progress;
  for (;;) {
    const frame = reader.next();
    if (frame === undefined) return undefined;
    if ("problem" in frame) return mismatch(frame, reader, expected, progress);
    const said = `${target} answered the version negotiation with`;
    switch (frame.kind) {
      case "opening": {
        const refusal = opening.accept(frame.payload);
        if (refusal === undefined) return "agreed";
        return new DialError("protocol", `${said} ${refusal.problem}.`, {
          hint: refusal.hint ?? `Check gateway.framing (here “${expected.framing}”).`,
        });
      }
      case "error":
        return new DialError("protocol", `${said} an error: ${readErrorFrame(frame.payload).summary}.`, {
          permanent: false,
          hint: "The gateway refused this client before any message; its log tells more.",
        });
      case "message":
      case "close":
        return new DialError("protocol", `${said} a frame that should not come before its answer (${frame.kind}).`, {
          permanent: false,
          hint: `Check gateway.framing (here “${expected.framing}”).`,
        });
      case "ping":
      case "pong":
      case "echo":
      case "ignored":
    }
  }
}
