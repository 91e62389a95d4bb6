import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** A client asks to open a connection. */
export interface UpgradeRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
}

/** How an upgrade is answered: 101 accepts (with these headers in addition), everything else refuses. */
export interface UpgradeAnswer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/**
 * Refuses an upgrade before the gateway's own checks, or only delays it.
 *
 * @remarks `undefined` leaves the decision to the gateway. Status 101 does too, and adds its headers to the answer.
 */
export type UpgradeHook = (request: UpgradeRequest) => UpgradeAnswer | undefined | Promise<UpgradeAnswer | undefined>;
