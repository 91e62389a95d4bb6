import type { Envelope } from "../envelope/envelope.ts";
import type { MessageFacts } from "../envelope/message-facts.ts";
import type { Faulted } from "../events/gateway-events.ts";
import type { Pace } from "../listeners/pace.ts";
import type { WrittenFrame } from "../wire/wire.ts";
import type { Dice } from "./dice.ts";

/** A session, as far as faults need it. */
export interface FaultySession {
  readonly id: string;
  /** Says something in the place of the server. */
  send(payload: string): boolean;
  /** Puts a frame on this session's connection, whoever it was meant for. */
  deliver(message: Outgoing): boolean;
  close(code: number, reason: string): void;
  pause(): void;
  resume(): void;
  stall(): void;
  release(): void;
  slowDown(pace: Pace): () => void;
  /** Puts a new server in the place of the one behind the session, which answers no more. */
  renew(): void;
}

/** A message from the client on its way to the server. */
export interface Incoming {
  readonly session: FaultySession;
  readonly facts: MessageFacts;
  readonly payload: Buffer;
  readonly envelope: Envelope;
}

/** A frame on its way to the client. */
export interface Outgoing {
  readonly session: FaultySession;
  readonly facts: MessageFacts;
  readonly written: WrittenFrame;
  readonly payload?: Buffer;
  /** Called when its last byte has left. */
  readonly taken?: () => void;
}

/** Hands a message to what comes next on its way. */
export type Pass<Message> = (message: Message) => void;

/** Something in the way of messages. What it does not pass on is lost; it may pass on later, and more than once. */
export interface Fault {
  incoming?(message: Incoming, pass: Pass<Incoming>): void;
  outgoing?(message: Outgoing, pass: Pass<Outgoing>): void;
  /** The session's connection has ended, or another server stands behind it: what was going on is over. */
  reset?(session: FaultySession): void;
  /** Ends the fault: what it holds back leaves, and its timers stop. */
  stop?(): void;
}

/** What a fault works with. */
export interface FaultContext {
  /** Its own, so that faults do not change each other's luck. */
  readonly dice: Dice;
  /** The open sessions, oldest first, or one of them. */
  readonly sessions: (sessionId?: string) => readonly FaultySession[];
  /** Tells what was done. */
  readonly report: (step: Faulted["step"], detail: string, sessionId?: string) => void;
}
