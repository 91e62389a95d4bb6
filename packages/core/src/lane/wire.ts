import type { RawMessage } from "../message/raw-message.ts";
import type { GatewaySignal } from "../plugin/transport.ts";

/** What goes around a payload on its way out. */
interface TransmissionFacts {
  /** New for every transmission; the correlation id of logs, metrics and traces. */
  readonly id: string;
  readonly namespace: string;
  /** Undefined when the gateway takes no token with each message. */
  readonly token: string | undefined;
}

/** Which transmission a frame answers, when its envelope says. Decoded when asked for. */
export interface Correlation {
  readonly correlationId: string | undefined;
  readonly id: string | undefined;
}

/** An error of the gateway itself, outside any JSON-RPC message. */
export interface GatewayFault {
  readonly code: string;
  readonly message: string;
  /** Milliseconds after which a retry may succeed, when the gateway said so. */
  readonly retryAfterMs: number | undefined;
}

export interface MessageRead {
  readonly type: "message";
  readonly message: RawMessage;
  readonly envelope: Correlation | undefined;
  readonly signal: GatewaySignal | undefined;
  /** A token that takes the place of the bearer from now on. */
  readonly rotatedToken: string | undefined;
}

export interface FaultRead {
  readonly type: "fault";
  readonly fault: GatewayFault;
  readonly envelope: Correlation | undefined;
}

export interface MalformedRead {
  readonly type: "malformed";
  /** In words that quote nothing of the frame. */
  readonly reason: string;
  /** The keys of the ids in it, as far as they could be read. */
  readonly idKeys: readonly string[];
  readonly envelope: Correlation | undefined;
}

/** One frame of the gateway, taken apart. */
export type WireRead = MessageRead | FaultRead | MalformedRead;

/** How JSON-RPC messages are put on a channel: inside envelopes, or bare. */
export interface Wire {
  encode(payload: Buffer, facts: TransmissionFacts): Buffer;
  decode(frame: Buffer): WireRead;
}
