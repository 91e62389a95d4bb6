import type { Clock } from "../clock.ts";
import type { Credential } from "../plugin/credential.ts";
import type { DialError } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { ConnectAttempt, ConnectRefusal, LinkChange } from "../plugin/hooks.ts";
import type { Logger } from "../plugin/logger.ts";
import type { Channel, ChannelEnd, GatewaySignal, Transport } from "../plugin/transport.ts";
import type { BackoffOptions } from "./backoff.ts";
import type { CredentialSource } from "./credential-source.ts";

/** What a link tells its owner. Calls come in order; `opened` is answered by exactly one `lost`. */
export interface LinkOwner {
  /** @param newer A credential that became known while the channel was being opened with `credential`. */
  opened(channel: Channel, credential: Credential, newer: Credential | undefined): void;
  message(bytes: Buffer, inReplyTo: string | undefined): void;
  drain(): void;
  lost(end: ChannelEnd): void;
  /** A dial failed; the next is due in `retryInMs`. */
  refused(error: DialError, retryInMs: number): void;
  /** The credential changed while the channel is open. */
  credential(credential: Credential): void;
  signal(signal: GatewaySignal): void;
  /**
   * Sends a message that any gateway answers, where the channel has no heartbeats.
   *
   * @returns false when there is no need, or no way, for now.
   */
  ask(): boolean;
  /** Whether the gateway has work that may keep it from answering. */
  readonly busy: boolean;
}

interface LinkHooks {
  beforeConnect(attempt: ConnectAttempt): ConnectRefusal | undefined;
  linkState(change: LinkChange): void;
}

export interface LinkOptions {
  readonly endpoint: Endpoint;
  /** 1 for the first connection to this endpoint. */
  readonly connection: number;
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  readonly owner: LinkOwner;
  readonly hooks: LinkHooks;
  /** Whether the gateway answers the heartbeats of the channel. */
  readonly answersPings: () => boolean;
  readonly backoff: BackoffOptions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
}
