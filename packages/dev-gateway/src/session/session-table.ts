import type { DropOptions, ForOneSession } from "../dev-gateway.ts";
import type { Connection, ConnectionEvents } from "../listeners/connection.ts";
import { GatewaySession } from "./gateway-session.ts";
import type { SessionSurroundings } from "./gateway-session.ts";
import type { SessionInfo } from "./session-info.ts";

const SERVICE_RESTART = 1012;

/** The sessions of a gateway, whatever listener they came in through. */
export class SessionTable {
  readonly #surroundings: SessionSurroundings;
  readonly #open = new Set<GatewaySession>();
  readonly #ending = new Set<GatewaySession>();
  #opened = 0;

  constructor(surroundings: SessionSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Starts a session on a new connection. */
  open(connection: Connection): ConnectionEvents {
    this.#opened += 1;
    const session = new GatewaySession(`s${this.#opened}`, connection, this.#surroundings);
    this.#open.add(session);
    session.begin();
    return {
      message: (bytes) => session.message(bytes),
      drain: () => session.drain(),
      closed: (code, reason) => {
        // Out of the table before anybody hears of it; its server may still be ending.
        this.#open.delete(session);
        this.#ending.add(session);
        void session.ended.then(() => this.#ending.delete(session));
        session.closed(code, reason);
      },
    };
  }

  /** The open sessions, oldest first. */
  infos(): readonly SessionInfo[] {
    return [...this.#open].map((session) => session.info);
  }

  /** The open sessions themselves, oldest first. */
  all(): readonly GatewaySession[] {
    return [...this.#open];
  }

  /** Ends all connections, or one. */
  drop(options: DropOptions & ForOneSession): void {
    for (const session of this.#open) {
      if (options.sessionId !== undefined && options.sessionId !== session.id) continue;
      if (options.terminate === true) session.terminate();
      else session.close(options.code ?? SERVICE_RESTART, options.reason);
    }
  }

  /** Closes every session and waits until their handlers are closed too. */
  async closeAll(code: number, reason: string): Promise<void> {
    const all = [...this.#open, ...this.#ending];
    this.drop({ code, reason });
    await Promise.all(all.map((session) => session.ended));
  }

  /** Kills what stands behind the sessions, without waiting. */
  kill(): void {
    for (const session of [...this.#open, ...this.#ending]) session.kill();
  }
}
