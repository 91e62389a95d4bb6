import type { Fault, FaultContext, FaultySession } from "./fault.ts";
import { NOT_INITIALIZED, refuseRequest } from "./refuse-request.ts";

/** Requests that a client may send before the handshake is complete. */
const EARLY = new Set<string | undefined>(["initialize", "ping"]);

/** Refuses every request of a connection before its `notifications/initialized`. */
export function requireInitialized({ report }: FaultContext): Fault {
  const initialized = new WeakSet<FaultySession>();
  return {
    incoming(message, pass) {
      const { session, facts } = message;
      if (facts.method === "notifications/initialized") initialized.add(session);
      if (facts.kind !== "request" || EARLY.has(facts.method) || initialized.has(session)) {
        pass(message);
        return;
      }
      report("hits", `${facts.method ?? ""} before notifications/initialized is refused`, session.id);
      refuseRequest(message, NOT_INITIALIZED);
    },
    reset: (session) => void initialized.delete(session),
  };
}
