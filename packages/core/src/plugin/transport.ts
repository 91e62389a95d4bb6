import type { Credential } from "./credential.ts";
import type { DialError } from "./dial-error.ts";
import type { DialTrace } from "./dial-trace.ts";
import type { Endpoint } from "./endpoint.ts";
import type { FrameCodec } from "./framing.ts";
import type { Logger } from "./logger.ts";
import type { MessageKind } from "./message.ts";
import type { ProxyFor } from "./proxy.ts";

/**
 * Opens connections to one endpoint. One instance serves an endpoint for the life of its generation; it is created only
 * when an endpoint uses its scheme.
 */
export interface Transport {
  /** The wire that a gateway on this transport speaks when `gateway.wire` does not say. */
  readonly defaultWire: "envelope" | "json-rpc";
  /**
   * Opens one connection. Core bounds it by `connection.timeout_ms` through `signal`.
   *
   * @param trace Set when somebody wants to see the parts of this dial.
   * @throws DialError saying why, and whether waiting can mend it.
   */
  open(
    endpoint: Endpoint,
    credential: Credential,
    sink: ChannelSink,
    signal: AbortSignal,
    trace?: DialTrace,
  ): Promise<Channel>;
  /**
   * Asks the gateway's HTTP health endpoint once, without any credential but the client certificate of the endpoint.
   * Absent when the transport cannot.
   *
   * @param url `gateway.health.url`; undefined means `/health` on the host and port of the gateway.
   * @throws DialError when there is no answer that is HTTP. A status other than 200 is an answer.
   */
  health?(endpoint: Endpoint, url: URL | undefined, signal: AbortSignal): Promise<HealthAnswer>;
}

/** What a health endpoint has said. */
export interface HealthAnswer {
  readonly url: string;
  /** The HTTP status. 200 is good health. */
  readonly status: number;
  /** `status` and `version` of a JSON body, where they are text; a version may be a number. */
  readonly says?: string;
  readonly version?: string;
}

export interface TransportContext {
  readonly log: Logger;
  /** `gateway.wire`, when it is written: what the messages look like that the channel carries. */
  readonly wire: "envelope" | "json-rpc" | undefined;
  /** `gateway.framing`, when it is written. */
  readonly framing: string | undefined;
  /** A new codec of that framing, of whichever loaded plugin contributes it. @throws Error when none does. */
  createCodec(framing: string): FrameCodec;
  readonly proxyFor: ProxyFor;
  /** Aborted when the generation ends. */
  readonly signal: AbortSignal;
}

/** What a transport may want to know of a message without parsing it again (HTTP needs it). */
export interface SendFacts {
  readonly kind: MessageKind;
  readonly idKey: string | undefined;
  readonly method: string | undefined;
  readonly protocolVersion: string | undefined;
}

/**
 * `not_sent` promises that no byte of the message reached the peer. So does `too_large`: the message does not fit into a
 * frame of this connection, and would not later.
 */
export type SendResult = "handed_over" | "not_sent" | "too_large";

/** One open connection. Its owner calls nothing after `closed` was signalled. */
export interface Channel {
  readonly info: ChannelInfo;
  /** False while `bufferedBytes` is above what the peer is taking; `sink.drain()` follows when it is true again. */
  readonly writable: boolean;
  readonly bufferedBytes: number;
  /**
   * Grows while the peer takes what is being sent to it, in bytes or any other unit. Where it is known, a slow peer is not
   * taken for a dead one in the middle of a large message.
   */
  readonly takenBytes?: number;
  /** Takes one whole message. Bytes must not be changed by anyone afterwards. */
  send(bytes: Buffer, facts: SendFacts): SendResult;
  /** Stops reading from the peer. */
  pause(): void;
  resume(): void;
  /** Sends a heartbeat; the peer's answer shows as `sink.alive()`. Absent when the transport has none. */
  ping?(): void;
  /** Cancels a request in a way of the transport's own. Absent when a notification does it. */
  cancel?(idKey: string): void;
  /** Starts an orderly close; `sink.closed` follows. */
  close(reason: string): void;
  /** Cuts the connection at once; `sink.closed` follows. */
  terminate(): void;
}

export interface ChannelInfo {
  /** Status of the HTTP upgrade, where there was one. */
  readonly status?: number;
  /** Headers of the upgrade answer, names in lower case. */
  readonly headers?: ReadonlyMap<string, string>;
  /** For people: `TLSv1.3`, `wss`, … */
  readonly protocol?: string;
}

/** Where a channel reports. Calls are synchronous and in order. */
export interface ChannelSink {
  /** One whole message. `inReplyTo` is the id key of the request whose stream carried it, where a transport knows. */
  message(bytes: Buffer, inReplyTo?: string): void;
  /** A byte arrived that is no message: a pong, a ping, a part of a large message. */
  alive(): void;
  drain(): void;
  signal(signal: GatewaySignal): void;
  /** The last call of a channel. */
  closed(end: ChannelEnd): void;
}

export interface ChannelEnd {
  /** Close code of the transport (WebSocket 1000…4999), or an HTTP status; undefined when it has none. */
  readonly code: number | undefined;
  readonly reason: string;
  /** Set when the connection ended because of an error rather than a close. */
  readonly error?: DialError;
}

/** A hint of the gateway about its limits. Values that made no sense were left out. */
export interface GatewaySignal {
  readonly limit?: number;
  readonly remaining?: number;
  /** Milliseconds from now until the limit resets. */
  readonly resetAfterMs?: number;
  /** Milliseconds from now before which nothing should be sent. */
  readonly retryAfterMs?: number;
}
