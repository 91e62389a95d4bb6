import type { IncomingHttpHeaders } from "node:http";

/** What is known of a session from outside. A live view: the counters move on. */
export interface SessionInfo {
  readonly id: string;
  /** The transport that carries it: `ws` or `tcp`, over TLS or not. */
  readonly transport: string;
  readonly remoteAddress: string;
  /** The headers the client sent to open it, its credential included; none over tcp. */
  readonly headers: IncomingHttpHeaders;
  readonly openedAt: Date;
  /** Frames taken from the client. */
  readonly received: number;
  /** Frames handed to the transport. */
  readonly sent: number;
  /** Every `target_namespace` the client used, in order of first use. */
  readonly namespaces: readonly string[];
}
