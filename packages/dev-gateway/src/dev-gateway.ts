import type { GatewayEvents } from "./events/gateway-events.ts";
import type { FaultOptions } from "./faults/fault-options.ts";
import type { ForgetOptions } from "./faults/forget-sessions.ts";
import type { RestartOptions } from "./faults/restart.ts";
import type { StallOptions } from "./faults/stall.ts";
import type { GatewayHealth } from "./http/gateway-health.ts";
import type { SessionInfo } from "./session/session-info.ts";

/** How connections are dropped. */
export interface DropOptions {
  /** Close code. Default 1012, service restart. */
  readonly code?: number;
  readonly reason?: string;
  /** Ends the sockets without a close frame, as a crash does. */
  readonly terminate?: boolean;
}

/** Picks one session. Default all that are open. */
export interface ForOneSession {
  readonly sessionId?: string;
}

/** A running gateway. */
export interface DevGateway {
  /** What goes into `gateway.url`. */
  readonly url: string;
  /** Where `/health` is; empty with tcp and no `healthPort`. */
  readonly healthUrl: string;
  readonly port: number;
  /** The first of the tokens that are good now. */
  readonly token: string | undefined;
  /** What `/health` answers. */
  readonly health: GatewayHealth;
  /** The open sessions, oldest first. */
  sessions(): readonly SessionInfo[];
  /** Replaces the good tokens at once; open sessions stay. An empty list locks everyone out. */
  setTokens(tokens: readonly string[]): void;
  /** Makes `/health` say this status (everything but `ok` is a 503). */
  setHealthStatus(status: string): void;
  /** Calls the listener, synchronously, for every event of that name; the returned function ends that. */
  on<Name extends keyof GatewayEvents>(name: Name, listener: (event: GatewayEvents[Name]) => void): () => void;
  /** The next event of that name (that matches): for tests that wait for something to happen. */
  next<Name extends keyof GatewayEvents>(
    name: Name,
    matches?: (event: GatewayEvents[Name]) => boolean,
  ): Promise<GatewayEvents[Name]>;
  /** Ends all open connections, or those of one session, and goes on serving. */
  dropConnections(options?: DropOptions & ForOneSession): void;
  /** What faults that happen by chance are drawn from. */
  readonly seed: number;
  /** Begins to misbehave in one more way, until the returned function is called. */
  inject(fault: FaultOptions): () => void;
  /** Drops everything, serves nobody for a while, then serves again; settles with that. */
  restart(options?: RestartOptions): Promise<void>;
  /** Forgets that the clients of open connections, or one of them, have initialized. */
  forgetSessions(options?: ForgetOptions & ForOneSession): void;
  /** Stops reading and writing on open connections, or one of them, for a time or until `release`. */
  stall(options?: StallOptions & ForOneSession): void;
  /** Ends every stall. */
  release(): void;
  /** Stops: no new sessions, close code 1001 to the open ones, servers ended. Settles when nothing is left. */
  close(): Promise<void>;
  /** Kills every server and drops every connection now, for a process that is about to end. */
  kill(): void;
}
