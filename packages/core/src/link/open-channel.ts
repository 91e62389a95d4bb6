import type { Channel } from "../plugin/transport.ts";
import { orAborted } from "./or-aborted.ts";

/** The channel, unless the signal aborts first: a channel that opens after that is cut, because nobody would own it. */
export async function openChannel(opening: Promise<Channel>, signal: AbortSignal): Promise<Channel> {
  try {
    const channel = await orAborted(opening, signal);
    signal.throwIfAborted();
    return channel;
  } catch (cause) {
    // A dial that fails after its end was told already has nothing to add.
    if (signal.aborted) opening.then((late) => late.terminate()).catch(() => {});
    throw cause;
  }
}
