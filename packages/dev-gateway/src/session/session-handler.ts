import type { Envelope } from "../envelope/envelope.ts";
import type { Session } from "./session.ts";

/**
 * What stands behind a session: normally an MCP server process, in tests any program of your own.
 *
 * @remarks `close` is called exactly once, after the connection has ended, whoever ended it. The gateway waits for it
 * when it shuts down, so it must settle.
 */
export interface SessionHandler {
  /** Takes one message from the client: the bytes it wrote, and the envelope they came in. */
  receive(payload: Buffer, envelope: Envelope): void;
  /** The client has caught up after `send` answered `false`. */
  drained?(): void;
  /** Releases what the handler holds. */
  close?(): Promise<void> | void;
  /** Releases it now, without waiting: the process is about to end. */
  kill?(): void;
}

/** Makes the handler of a new session. */
export type SessionFactory = (session: Session) => SessionHandler;
