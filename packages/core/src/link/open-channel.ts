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
    const after = opening.then((late) => late.terminate()).catch((error: unknown) => error);
    const said = await Promise.race([after, new Promise((resolve) => setImmediate(resolve))]);
    throw DialError.is(said) ? said : cause;
  }
}
