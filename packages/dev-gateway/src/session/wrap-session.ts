import type { Session } from "./session.ts";

/** The same session with some of its methods replaced: for handlers that change what another handler sends. */
export function wrapSession(session: Session, replacements: Partial<Session>): Session {
  // A session is an object with private state: its methods must be called on it, so it cannot simply be spread.
  return {
    id: session.id,
    info: session.info,
    send: (payload, options) => session.send(payload, options),
    sendFault: (fault, options) => session.sendFault(fault, options),
    sendFrame: (raw, options) => session.sendFrame(raw, options),
    sendBytes: (raw) => session.sendBytes(raw),
    pause: () => session.pause(),
    resume: () => session.resume(),
    close: (code, reason) => session.close(code, reason),
    terminate: () => session.terminate(),
    log: (level, message, origin) => session.log(level, message, origin),
    ...replacements,
  };
}
