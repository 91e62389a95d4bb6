import type { DialError } from "../plugin/dial-error.ts";
import type { LinkState } from "../plugin/hooks.ts";
import type { Pulse } from "./heartbeat.ts";

/** How a link is, for people. */
export interface LinkPicture {
  readonly state: LinkState;
  /** Of the open connection. */
  readonly protocol: string | undefined;
  /** Undefined without heartbeats. */
  readonly pulse: Pulse | undefined;
  /** Why the latest dial failed, or the latest connection was given up. */
  readonly error: DialError | undefined;
}
