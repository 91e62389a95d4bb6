import type { Fault, FaultySession, Incoming, Pass } from "./fault.ts";

/** Above this many messages in line the client is not read any more. */
const LONGEST_LINE = 100;

/** How long one request takes. */
export interface SerialOptions {
  /** Milliseconds from the start of a request to its answer, at least. Default 0. */
  readonly callMs?: number | undefined;
}

/** The messages of one connection: one is served, the others stand in line. */
interface Line {
  readonly waiting: (() => void)[];
  /** The id of the request that is served. */
  serving: string | undefined;
  startedAt: number;
  /** Sends the answer that is there before its time. */
  finish: (() => void) | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Serves one request at a time per connection, as gateways do that read, serve and write in one loop. A notification
 * stands in line too, also a cancellation; the client's answers pass, because the request in service may need them.
 */
export function serial({ callMs = 0 }: SerialOptions): Fault {
  const lines = new Map<FaultySession, Line>();
  let stopped = false;

  function serve(line: Line, message: Incoming, pass: Pass<Incoming>): void {
    if (message.facts.kind === "request") {
      line.serving = message.facts.idKey;
      line.startedAt = performance.now();
    }
    pass(message);
  }

  function serveNext(session: FaultySession, line: Line): void {
    line.serving = undefined;
    for (let next = line.waiting.shift(); next !== undefined; next = line.waiting.shift()) {
      if (line.waiting.length === LONGEST_LINE) session.resume();
      next();
      if (line.serving !== undefined && !stopped) return;
    }
  }

  return {
    incoming(message, pass) {
      const { session, facts } = message;
      let line = lines.get(session);
      if (line === undefined) {
        line = { waiting: [], serving: undefined, startedAt: 0, finish: undefined, timer: undefined };
        lines.set(session, line);
      }
      if (line.serving === undefined || facts.kind === "answer") {
        serve(line, message, pass);
        return;
      }
      const ownLine = line;
      line.waiting.push(() => serve(ownLine, message, pass));
      if (line.waiting.length === LONGEST_LINE + 1) session.pause();
    },
    outgoing(message, pass) {
      const { session, facts } = message;
      const line = lines.get(session);
      if (line === undefined || facts.kind !== "answer" || facts.idKey === undefined || facts.idKey !== line.serving) {
        pass(message);
        return;
      }
      line.finish = () => {
        clearTimeout(line.timer);
        line.finish = undefined;
        pass(message);
        serveNext(session, line);
      };
      const rest = line.startedAt + callMs - performance.now();
      if (rest > 0) line.timer = setTimeout(line.finish, rest);
      else line.finish();
    },
    reset(session) {
      clearTimeout(lines.get(session)?.timer);
      lines.delete(session);
    },
    stop() {
      stopped = true;
      for (const [session, line] of lines) {
        line.finish?.();
        serveNext(session, line);
      }
    },
  };
}
