import type { ReceivedNotification } from "./parity-client.ts";
import type { RecordedSession } from "./recorded-session.ts";

/** A question of the server, and what it was told. */
export interface AnsweredRequest {
  readonly method: string;
  readonly params: unknown;
}

/** Everything one run of the scenario showed. */
export interface Recording {
  /** Result or error of each thing the scenario did, by its title. */
  readonly steps: Record<string, unknown>;
  /** What the SDK handed to the application, in order. */
  readonly notifications: readonly ReceivedNotification[];
  /** What the server asked of the application, in order. */
  readonly serverRequests: readonly AnsweredRequest[];
  /** Every message that reached the client, before the SDK. */
  readonly received: readonly unknown[];
  /** What the server processes got and said: the one that was only probed, if there was one, and the one it stayed with. */
  readonly sessions: readonly RecordedSession[];
}
