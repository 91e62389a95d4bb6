import type { IncomingHttpHeaders } from "node:http";

import type { Envelope } from "../envelope/envelope.ts";
import type { GatewayFault } from "../envelope/gateway-fault.ts";
import type { FaultName } from "../faults/fault-options.ts";
import type { SessionInfo } from "../session/session-info.ts";

/** A session began or ended. */
export interface SessionOpened {
  readonly session: SessionInfo;
}

/** A session ended, with the close code and reason as the gateway saw them. */
export interface SessionClosed extends SessionOpened {
  readonly code: number;
  readonly reason: string;
}

/** An upgrade was answered with something else than 101. */
export interface UpgradeRefused {
  readonly status: number;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A frame arrived. Without an envelope it was not understood, and `fault` says why. */
export interface FrameReceived {
  readonly sessionId: string;
  readonly frame: Buffer;
  readonly envelope?: Envelope;
  /** The exact bytes of the message inside. */
  readonly payload?: Buffer;
  /** Why the gateway itself refused it. */
  readonly fault?: GatewayFault;
}

/** A frame was handed to the transport. Frames sent by `sendFrame` have no envelope. */
export interface FrameSent {
  readonly sessionId: string;
  readonly frame: Buffer;
  readonly envelope?: Envelope;
  readonly payload?: Buffer;
}

/** The gateway misbehaved, as it was told to. */
export interface Faulted {
  readonly fault: FaultName | "require-initialized";
  /** `begins` and `ends` of what lasts; `hits` for what happens to one message or one session. */
  readonly step: "begins" | "ends" | "hits";
  /** What exactly, for people. */
  readonly detail: string;
  /** The session it happened to; none when it happened to the whole gateway. */
  readonly sessionId?: string;
}

/** Everything a gateway reports, by name. */
export interface GatewayEvents {
  readonly sessionOpened: SessionOpened;
  readonly sessionClosed: SessionClosed;
  readonly upgradeRefused: UpgradeRefused;
  readonly received: FrameReceived;
  readonly sent: FrameSent;
  readonly faulted: Faulted;
}
