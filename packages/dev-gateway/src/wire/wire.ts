import type { Envelope } from "../envelope/envelope.ts";
import type { GatewayFault } from "../envelope/gateway-fault.ts";
import type { ReadFrame, RefusedFrame } from "../envelope/read-envelope.ts";
import type { EnvelopeContext } from "../envelope/write-envelope.ts";

/** The names of the wires this gateway speaks. */
export type WireName = "envelope" | "json-rpc";

/** One message ready for a transport, with the envelope it is in (for observers). */
export interface WrittenFrame {
  readonly frame: Buffer;
  readonly envelope: Envelope;
}

/** Where a gateway error goes: to the envelope, or on a bare wire to the request, it answers. */
interface FaultContext extends EnvelopeContext {
  /** The id of the JSON-RPC request, as it was written. */
  readonly requestId?: string;
}

/** How messages look inside the frames of any transport. Has no state: one object serves all sessions. */
export interface Wire {
  readonly name: WireName;
  /** Opens a frame from a client; never throws. */
  read(frame: Buffer): ReadFrame | RefusedFrame;
  /** Wraps the bytes of a message from the server. */
  write(payload: Buffer, context: EnvelopeContext): WrittenFrame;
  /** Says that the gateway itself refuses something. */
  writeFault(fault: GatewayFault, context: FaultContext): WrittenFrame;
}
