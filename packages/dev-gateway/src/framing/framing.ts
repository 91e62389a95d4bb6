import type { GatewayFault } from "../envelope/gateway-fault.ts";

/** The layouts of frames on TCP. */
export const FRAMINGS = ["guide", "typed", "mcpb", "mcpb-padded", "lines"] as const;

export type FramingName = (typeof FRAMINGS)[number];

/** What one frame of a client says. */
export interface TcpFrame {
  /** `hello` asks which versions of the framing are spoken. */
  readonly kind: "message" | "ping" | "pong" | "error" | "close" | "hello";
  readonly payload: Buffer;
}

/** Whether a message is an answer, or the gateway's own request or notification. */
export type MessageRole = "answer" | "question";

/** How messages become bytes on one connection and back. Knows what the client has sent so far. */
export interface Framing {
  /** Whether the client must say hello, and be answered, before anything else. */
  readonly greets: boolean;
  /** Whether a client says goodbye by a frame: then an end without one is a loss. */
  readonly saysGoodbye: boolean;
  /** Whether the bytes so far end in the middle of a frame. */
  readonly unfinished: boolean;
  /** Takes what has arrived and gives what is whole, one by one. @throws {@link FramingViolation} at what is no frame */
  read(bytes: Buffer): Iterable<TcpFrame>;
  /** The answer to a hello. @throws {@link FramingViolation} when no version is shared */
  welcome(hello: Buffer): Buffer;
  /** A message in a frame; undefined when none may be so long. */
  message(payload: Buffer, role: MessageRole): Buffer | undefined;
  /** The answer to a ping. */
  pong(ping: Buffer): Buffer;
  /** What is said before the connection is closed for that reason, as far as the framing can say it. */
  error(fault: GatewayFault): Buffer;
  /** The last frame, with a text for people, as far as the framing has one. */
  goodbye(text: string): Buffer;
}
