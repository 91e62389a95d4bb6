import type { Clock, Timer } from "../clock.ts";
import { MalformedMessage } from "../message/malformed-message.ts";
import { readMessage, type RawMessage } from "../message/raw-message.ts";
import type { Message } from "../plugin/message.ts";
import { member, serverOf, type Handshake } from "./handshake-memory.ts";

/** The repetition of the whole handshake may take this long before the connection counts as failed. */
const REPLAY_LIMIT_MS = 10_000;

export interface ReplayRun {
  send(message: RawMessage): boolean;
  done(): void;
  failed(reason: string): void;
}

export interface ReplayOptions {
  readonly handshake: Handshake;
  /** Whether the client has already said that it is initialized. */
  readonly initialized: () => boolean;
  /** An id, as JSON text, that no client request can have. */
  readonly privateId: string;
  readonly clock: Clock;
  /** The gateway's tools, prompts or resources may differ from what the client knows. */
  readonly changed: (server: string) => void;
}

/**
 * Says the client's handshake again to a new gateway session: `initialize` with the version that was agreed, under an id
 * of the router's own, then `notifications/initialized`. The client notices nothing.
 */
export class HandshakeReplay {
  readonly #options: ReplayOptions;
  readonly #initialize: RawMessage;
  #run: ReplayRun | undefined;
  #timer: Timer | undefined;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#initialize = withAgreedVersion(options.handshake, options.privateId);
  }

  start(run: ReplayRun): void {
    this.#run = run;
    this.#timer = this.#options.clock.after(REPLAY_LIMIT_MS, () => {
      this.#finish()?.failed(`the gateway did not answer the repeated handshake within ${REPLAY_LIMIT_MS} ms`);
    });
    run.send(this.#initialize);
  }

  /** @returns whether `message` was the answer to the repeated handshake. */
  take(message: Message): boolean {
    const run = this.#run;
    if (run === undefined || message.idKey !== this.#initialize.idKey) return false;
    this.#finish();
    const { handshake, initialized, changed } = this.#options;
    const result = member(message.json, "result");
    const version = member(result, "protocolVersion");
    if (message.kind === "error") {
      run.failed("the gateway refused the repeated handshake");
    } else if (version !== handshake.protocolVersion) {
      run.failed(
        `the gateway now speaks protocol version ${JSON.stringify(version)}, not ${handshake.protocolVersion}`,
      );
    } else {
      if (initialized()) run.send(initializedNotification());
      run.done();
      const server = serverOf(result);
      if (server !== handshake.server) changed(server);
    }
    return true;
  }

  stop(): void {
    this.#finish();
  }

  #finish(): ReplayRun | undefined {
    const run = this.#run;
    this.#timer?.cancel();
    this.#run = undefined;
    return run;
  }
}

function withAgreedVersion(handshake: Handshake, privateId: string): RawMessage {
  const message = own(handshake.initialize.withId(privateId));
  message.set("/params/protocolVersion", handshake.protocolVersion);
  return message;
}

function initializedNotification(): RawMessage {
  return own(Buffer.from('{"jsonrpc":"2.0","method":"notifications/initialized"}'));
}

function own(bytes: Buffer): RawMessage {
  const message = readMessage(bytes);
  if (message instanceof MalformedMessage)
    throw new Error(`the router made a message it cannot read: ${message.detail}`);
  return message;
}
