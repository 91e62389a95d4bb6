import {
  type Channel,
  type ChannelSink,
  type Credential,
  DialError,
  type Endpoint,
  type FrameCodec,
  type Logger,
} from "@mcp-router/core/plugin";
import { DialProgress, expiryWarning, openSocket, type OpenSocketOptions } from "@mcp-router/sockets";
import { createReader } from "./frame-reader.ts";
import { negotiate } from "./opening.ts";
import { TcpChannel } from "./tcp-channel.ts";
import { FRAMED_TCP } from "./tcp-protocol.ts";

export interface DialSettings extends OpenSocketOptions {
  readonly framing: string;
  readonly createCodec: (framing: string) => FrameCodec;
  readonly wire: "envelope" | "json-rpc";
  readonly log: Logger;
  /** Called when the gateway has closed a connection without a word. */
  readonly hungUp: () => void;
  /** Called with words about the gateway's certificate that belong into the log. */
  readonly warn: (text: string) => void;
}

/**
 * Opens one connection, and negotiates where its frames ask for that. The gateway's messages reach `sink` only after the
 * returned promise was resolved and its owner had a turn.
 *
 * @throws DialError
 */
export async function dial(
  endpoint: Endpoint,
  credential: Credential,
  sink: ChannelSink,
  signal: AbortSignal,
  { framing, createCodec, wire, log, hungUp, warn, decision, trace }: DialSettings,
): Promise<Channel> {
  const { url, connection } = endpoint;
  const secure = url.protocol !== "tcp:";
  const progress = new DialProgress({ url, secure, timeoutMs: connection.timeoutMs, protocol: FRAMED_TCP });
  const codec = createCodec(framing);
  const reader = createReader(codec, connection.maxMessageBytes);
  const expected = { framing, delimited: "delimiter" in codec };
  const socket = await openSocket(endpoint, credential, signal, progress, { decision, trace });
  const warning = expiryWarning(progress);
  if (warning !== undefined) warn(warning);
  const opening = "opening" in codec ? codec.opening : undefined;
  if (opening !== undefined) {
    try {
      await negotiate({ socket, opening, reader, expected, progress, signal });
    } catch (cause) {
      if (DialError.is(cause) && cause.reason === "unreachable") hungUp();
      throw cause;
    }
  }
  trace?.done("framing", { framing, negotiated: opening !== undefined });
  const { maxMessageBytes } = connection;
  const channel = new TcpChannel(
    { socket, codec, reader, expected, progress, maxMessageBytes, wire, log, hungUp },
    sink,
  );
  setImmediate(() => channel.begin());
  return channel;
}
