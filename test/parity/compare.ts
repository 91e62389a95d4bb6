import { isCancellation, isProgress, progressToken, requestIdOf, threadOf } from "./messages.ts";
import { normalise } from "./normalise.ts";
import type { RecordedSession } from "./recorded-session.ts";
import type { Recording } from "./recording.ts";

/**
 * The part of a recording that has to be the same for every target: all but the process that was only asked for its
 * era. How far such a process gets before the client ends it depends on how fast it starts.
 */
export function comparable({ steps, notifications, serverRequests, received, sessions }: Recording): unknown {
  const session = lastOf(sessions);
  return normalise({
    steps,
    notifications,
    serverRequests,
    received: threads(withoutAbandoned(received, sessions)),
    session: { fromClient: threads(session.fromClient), fromServer: threads(session.fromServer) },
  });
}

/** What the last server process said and what the client received of it: these have to be the same within one run. */
export function saidAndReceived({ received, sessions }: Recording): { said: unknown[]; received: unknown[] } {
  return {
    said: withoutAbandoned(lastOf(sessions).fromServer, sessions),
    received: withoutAbandoned(received, sessions),
  };
}

/**
 * Messages without the progress of calls the client had given up: the server goes on reporting, and the router keeps
 * to itself what a client would have to throw away.
 */
function withoutAbandoned(messages: readonly unknown[], sessions: readonly RecordedSession[]): unknown[] {
  const abandoned = new Set(sessions.flatMap(({ fromClient }) => fromClient.filter(isCancellation).map(requestIdOf)));
  return messages.filter((message) => !(isProgress(message) && abandoned.has(progressToken(message))));
}

/** Messages by what they belong to. Several calls are under way at once, and timers decide which of them is first. */
function threads(messages: readonly unknown[]): Record<string, readonly unknown[]> {
  const result: Record<string, unknown[]> = {};
  for (const message of messages) (result[threadOf(message)] ??= []).push(message);
  return result;
}

function lastOf(sessions: readonly RecordedSession[]): RecordedSession {
  const last = sessions.at(-1);
  if (last === undefined) throw new Error("no server process was recorded");
  return last;
}
