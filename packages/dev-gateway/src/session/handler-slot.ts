import type { Envelope } from "../envelope/envelope.ts";
import type { Session } from "./session.ts";
import type { SessionFactory, SessionHandler } from "./session-handler.ts";
import { wrapSession } from "./wrap-session.ts";

const INTERNAL_ERROR = 1011;

/** The place behind a session for what serves it. Who has lost the place can no longer send to the client or close it. */
export class HandlerSlot {
  readonly #session: Session;
  readonly #create: SessionFactory;
  /** Handlers that have lost the place, until they are closed. */
  readonly #closing = new Map<SessionHandler, Promise<void>>();
  #handler: SessionHandler | undefined;
  #holder = 0;

  constructor(session: Session, create: SessionFactory) {
    this.#session = session;
    this.#create = create;
  }

  /** Puts a new handler in the place and closes the one before it. */
  fill(): void {
    this.#empty();
    const session = this.#session;
    const number = ++this.#holder;
    const holds = (): boolean => this.#holder === number;
    try {
      this.#handler = this.#create(
        wrapSession(session, {
          send: (payload, options) => (holds() ? session.send(payload, options) : true),
          sendFault: (fault, options) => (holds() ? session.sendFault(fault, options) : true),
          close: (code, reason) => (holds() ? session.close(code, reason) : undefined),
        }),
      );
    } catch (error) {
      session.log("error", `the session's handler could not be made: ${String(error)}`);
      session.close(INTERNAL_ERROR, "the server could not be started");
    }
  }

  receive(payload: Buffer, envelope: Envelope): void {
    this.#handler?.receive(payload, envelope);
  }

  drained(): void {
    this.#handler?.drained?.();
  }

  /** Settles when every handler that ever had the place is closed. */
  async close(): Promise<void> {
    this.#empty();
    await Promise.all(this.#closing.values());
  }

  /** Releases what stands behind the session without waiting. */
  kill(): void {
    this.#handler?.kill?.();
    for (const handler of this.#closing.keys()) handler.kill?.();
  }

  #empty(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    if (handler !== undefined) this.#closing.set(handler, this.#closeHandler(handler));
  }

  async #closeHandler(handler: SessionHandler): Promise<void> {
    try {
      await handler.close?.();
    } catch (error) {
      this.#session.log("error", `the session's handler did not close: ${String(error)}`);
    } finally {
      this.#closing.delete(handler);
    }
  }
}
