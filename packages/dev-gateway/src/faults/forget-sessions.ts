import type { Fault, FaultContext, FaultySession, Incoming, Pass } from "./fault.ts";
import { NOT_INITIALIZED, refuseRequest } from "./refuse-request.ts";

/** 4000 to 4999 are an application's own; by its last digits this one says what HTTP says by 404. */
const SESSION_NOT_FOUND = 4404;

/** How sessions are forgotten. */
export interface ForgetOptions {
  /**
   * `error` leaves the connections open and answers their requests with a JSON-RPC error until they initialize again;
   * `close` closes them with 4404. Default `error`.
   */
  readonly as?: "error" | "close" | undefined;
  /** Code of that error. Default -32000, as of servers on the TypeScript SDK; those on the Java SDK say -32600. */
  readonly code?: number | undefined;
}

/**
 * Loses what the gateway knew of open sessions, as by a store whose entries expire. What is already running ends and is
 * answered; a new `initialize` on the same connection meets a new server.
 */
export class ForgetSessions implements Fault {
  readonly #context: FaultContext;
  /** Forgotten sessions, and the code of the error they get. */
  readonly #forgotten = new Map<FaultySession, number>();

  constructor(context: FaultContext) {
    this.#context = context;
  }

  forget({ as = "error", code = NOT_INITIALIZED.code }: ForgetOptions, sessionId?: string): void {
    for (const session of this.#context.sessions(sessionId)) {
      if (as === "close") {
        this.#context.report("hits", `forgotten, closed with ${SESSION_NOT_FOUND}`, session.id);
        session.close(SESSION_NOT_FOUND, "session not found");
      } else {
        if (!this.#forgotten.has(session)) this.#context.report("begins", `forgotten, error ${code}`, session.id);
        this.#forgotten.set(session, code);
      }
    }
  }

  incoming(message: Incoming, pass: Pass<Incoming>): void {
    const { session, facts } = message;
    const code = this.#forgotten.get(session);
    if (code === undefined) {
      pass(message);
    } else if (facts.method === "initialize") {
      this.#forgotten.delete(session);
      this.#context.report("ends", "initialized again", session.id);
      session.renew();
      pass(message);
    } else {
      this.#context.report("hits", `${facts.method ?? facts.kind} of a forgotten session`, session.id);
      refuseRequest(message, { ...NOT_INITIALIZED, code });
    }
  }

  reset(session: FaultySession): void {
    if (this.#forgotten.delete(session)) this.#context.report("ends", "the client went away", session.id);
  }
}
