import type { Socket } from "node:net";
import { DialError } from "@mcp-router/core/plugin";
import type { DialProgress } from "./dial-progress.ts";
import { excerpt } from "./recognise.ts";
import { hungUp } from "./socket-failure.ts";

/** Longest head of an answer to CONNECT. */
const MAX_HEAD_BYTES = 16 * 1024;
/** Interim answers before the real one; a proxy could go on with them for ever. */
const MOST_INTERIM = 16;
const START = "HTTP/1.";

/** The head of a proxy's answer to CONNECT. */
export interface ProxyAnswer {
  readonly status: number;
  readonly statusText: string;
  /** The authentication schemes that it asks for (RFC 9110 §11.7.1). */
  readonly schemes: readonly string[];
}

/**
 * Reads the head of the answer to CONNECT. What has come behind it stays in the socket, which does not read on.
 *
 * @throws DialError for what is no answer; whatever the socket or `signal` ends with.
 */
export function readProxyAnswer(socket: Socket, signal: AbortSignal, progress: DialProgress): Promise<ProxyAnswer> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const release = (): void => {
      signal.removeEventListener("abort", abort);
      // Not "data": a socket that was told to pause would not flow for its next owner.
      socket.off("readable", take).off("error", fail).off("end", ended).off("close", ended);
    };
    const fail = (cause: unknown): void => {
      release();
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason of a signal may be anything
      reject(cause);
    };
    const abort = (): void => fail(signal.reason);
    const ended = (): void => fail(hungUp("end of stream", progress));
    const take = (): void => {
      for (;;) {
        const chunk: unknown = socket.read();
        if (!Buffer.isBuffer(chunk)) return;
        seen = Buffer.concat([seen, chunk]);
        const read = readHead(seen, progress);
        if (read === undefined) continue;
        if (DialError.is(read)) {
          fail(read);
          return;
        }
        release();
        if (read.rest.length > 0) socket.unshift(read.rest);
        resolve(read.answer);
        return;
      }
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort);
    socket.on("readable", take).on("error", fail).on("end", ended).on("close", ended);
  });
}

/** The head in `bytes` and what is behind it; undefined when more has to come. */
function readHead(
  bytes: Buffer,
  { target }: Pick<DialProgress, "target">,
  interim = 0,
): { readonly answer: ProxyAnswer; readonly rest: Buffer } | DialError | undefined {
  const begin = bytes.toString("latin1", 0, START.length);
  if (!START.startsWith(begin)) return noProxy(target, `its answer starts with “${excerpt(bytes)}”`);
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0 && bytes.length <= MAX_HEAD_BYTES) return undefined;
  if (end < 0 || end > MAX_HEAD_BYTES)
    return noProxy(target, `its answer has a head of more than ${MAX_HEAD_BYTES} bytes`);
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const [, code, statusText = ""] = /^HTTP\/1\.\d ([1-5]\d\d)(?: (.*))?$/.exec(first) ?? [];
  if (code === undefined) return noProxy(target, `its answer starts with “${excerpt(Buffer.from(first, "latin1"))}”`);
  const rest = bytes.subarray(end + 4);
  // An interim answer; the real one comes behind it (RFC 9110 §15.2).
  if (code.startsWith("1")) {
    if (interim === MOST_INTERIM) return noProxy(target, `it sends more than ${MOST_INTERIM} interim answers`);
    return readHead(rest, { target }, interim + 1);
  }
  const schemes = lines.flatMap((line) => /^proxy-authenticate: *([!#$%&'*+.^_`|~\w-]+)/i.exec(line)?.[1] ?? []);
  return { answer: { status: Number(code), statusText, schemes }, rest };
}

function noProxy(target: string, found: string): DialError {
  return new DialError("protocol", `Protocol mismatch at ${target}: ${found}, which is not that of an HTTP proxy.`);
}
