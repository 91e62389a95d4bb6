import type { Clock, Timer } from "../clock.ts";
import { member } from "../message/json-member.ts";
import type { RawMessage } from "../message/raw-message.ts";
import { readOwn } from "../message/read-own.ts";
import type { Logger } from "../plugin/logger.ts";
import type { Message } from "../plugin/message.ts";
import { serverOf, type Handshake, type Said, type SessionMemory } from "./session-memory.ts";

/** The repetition of the whole session may take this long before the connection counts as failed. */
const REPLAY_LIMIT_MS = 10_000;

/** The lane whose gateway session is being brought to where the client's is. */
export interface ReplayRun {
  /** Sends a request of the client under an id of the router's own. */
  ask(request: Said, answered: (reply: Message) => void, edit?: (message: RawMessage) => void): boolean;
  /** Sends `notifications/initialized`. */
  initialize(message: RawMessage): void;
  /** @param server What tells this server from another, as text. */
  done(server: string): void;
  failed(reason: string): void;
}

export interface ReplayOptions {
  readonly handshake: Handshake;
  readonly memory: SessionMemory;
  /** Whether this gateway session is the one that sends what the client has subscribed to. */
  readonly subscribes: boolean;
  /** Whether nothing is read from the gateway for now: its silence is ours then. */
  readonly paused: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Says the client's session again to a new gateway session: `initialize` with the version that was agreed, under an id of
 * the router's own, `notifications/initialized`, the log level and the subscriptions. The client notices nothing.
 */
export class SessionReplay {
  readonly #options: ReplayOptions;
  #run: ReplayRun | undefined;
  #timer: Timer | undefined;
  #server = "";
  #unanswered = 0;
  #restoring = false;

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  start(run: ReplayRun): void {
    const { handshake } = this.#options;
    this.#run = run;
    this.#limit();
    run.ask(
      handshake.initialize,
      (reply) => this.#compare(reply),
      (message) => {
        // A client that has asked for no version has left it to the gateway, and does so again.
        const asked = member(member(message.json, "params"), "protocolVersion");
        if (asked !== undefined) message.set("/params/protocolVersion", handshake.protocolVersion);
      },
    );
  }

  stop(): void {
    this.#finish();
  }

  /** The handshake stands: whatever is set from now on has to be said here too. */
  get restoring(): boolean {
    return this.#restoring;
  }

  #limit(): void {
    const { clock, paused } = this.#options;
    this.#timer = clock.after(REPLAY_LIMIT_MS, () => {
      if (paused()) this.#limit();
      else this.#finish()?.failed(`the gateway did not answer the repeated handshake within ${REPLAY_LIMIT_MS} ms`);
    });
  }

  #compare(reply: Message): void {
    const run = this.#run;
    if (run === undefined) return;
    const { handshake } = this.#options;
    const result = member(reply.json, "result");
    const version = member(result, "protocolVersion");
    if (reply.kind === "error") {
      this.#finish();
      const said = member(member(reply.json, "error"), "message");
      run.failed(`the gateway refused the repeated handshake: ${typeof said === "string" ? said : "no reason given"}`);
    } else if (version !== handshake.protocolVersion) {
      this.#finish();
      run.failed(
        `the gateway now speaks protocol version ${JSON.stringify(version)}, not ${handshake.protocolVersion}`,
      );
    } else {
      this.#server = serverOf(result);
      this.#restore(run);
    }
  }

  #restore(run: ReplayRun): void {
    const { memory, subscribes } = this.#options;
    this.#restoring = true;
    if (memory.initialized) run.initialize(readOwn(INITIALIZED));
    const settings = memory.logLevel === undefined ? [] : [memory.logLevel];
    if (subscribes) settings.push(...memory.subscriptions);
    this.#unanswered = settings.length;
    if (settings.length === 0) this.#done();
    for (const setting of settings) run.ask(setting, (reply) => this.#restored(setting, reply));
  }

  /** What the gateway does not take any more is the loss of that one setting, not of the session. */
  #restored({ message }: Said, reply: Message): void {
    if (reply.kind === "error") {
      this.#options.log.warn({ method: message.method }, "the new gateway session refused a setting of the old one");
    }
    if (--this.#unanswered === 0) this.#done();
  }

  #done(): void {
    this.#finish()?.done(this.#server);
  }

  #finish(): ReplayRun | undefined {
    const run = this.#run;
    this.#timer?.cancel();
    this.#run = undefined;
    return run;
  }
}

const INITIALIZED = Buffer.from('{"jsonrpc":"2.0","method":"notifications/initialized"}');
