import { DialError } from "../plugin/dial-error.ts";
import type { Channel } from "../plugin/transport.ts";
import { orAborted } from "./or-aborted.ts";

/**
 * The channel, unless the signal aborts first: a channel that opens after that is cut, because nobody would own it.
 *
 * @throws DialError of the transport, also for an abort that it heeds at once: it knows what was missing.
 */
export async function openChannel(opening: Promise<Channel>, signal: AbortSignal): Promise<Channel> {
  try {
    const channel = await orAborted(opening, signal);
    signal.throwIfAborted();
    return channel;
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw (await lastWords(opening)) ?? cause;
  }
}

/** A transport that heeds its signal knows what it was waiting for, and says so at once. One that does not is not waited for. */
async function lastWords(opening: Promise<Channel>): Promise<DialError | undefined> {
  const ended = opening.then(
    (late) => late.terminate(),
    (cause: unknown) => cause,
  );
  const words = await Promise.race([ended, new Promise<undefined>((resolve) => setImmediate(resolve, undefined))]);
  return DialError.is(words) ? words : undefined;
}
