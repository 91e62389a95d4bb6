import type { Message } from "../plugin/message.ts";
import type { GatewaySignal } from "../plugin/transport.ts";

/** What goes around a payload on its way out. */
export interface TransmissionFacts {
  /** New for every transmission; the correlation id of logs, metrics and traces. */
  readonly id: string;
  readonly namespace: string;
  /** The token as a JSON string, quotes included; undefined when the gateway takes none with each message. */
  readonly tokenJson: string | undefined;
}

/** An error of the gateway itself, outside any JSON-RPC message. */
export interface GatewayFault {
  readonly code: string;
  readonly message: string;
  /** Milliseconds after which a retry may succeed, when the gateway said so. */
  readonly retryAfterMs: number | undefined;
}

/** One frame of the gateway, taken apart. */
export type WireRead =
  | {
      readonly type: "message";
      readonly message: ReceivedMessage;
      /** Id of the transmission this answers, when the gateway says. */
      readonly correlationId: string | undefined;
      readonly signal: GatewaySignal | undefined;
      /** A token that takes the place of the bearer from now on. */
      readonly rotatedToken: string | undefined;
    }
  | { readonly type: "fault"; readonly fault: GatewayFault; readonly correlationId: string | undefined }
  | {
      readonly type: "malformed";
      readonly reason: string;
      /** The id in the payload, as written, when one could be read. */
      readonly id: string | undefined;
      readonly correlationId: string | undefined;
    };

/** A message from the gateway, and what the gate needs to judge it. */
export type ReceivedMessage = Message;

/** How JSON-RPC messages are put on a channel: inside envelopes, or bare. */
export interface Wire {
  readonly name: "envelope" | "json-rpc";
  encode(payload: Buffer, facts: TransmissionFacts): Buffer;
  decode(frame: Buffer): WireRead;
}
