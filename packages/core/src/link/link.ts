import type { Clock, Timer } from "../clock.ts";
import { escapeForPeople } from "../errors/escape.ts";
import type { Credential, CredentialReason } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { ConnectAttempt, ConnectRefusal, LinkChange, LinkState } from "../plugin/hooks.ts";
import type { Logger } from "../plugin/logger.ts";
import type { Channel, ChannelEnd, ChannelSink, GatewaySignal, Transport } from "../plugin/transport.ts";
import { Backoff, type BackoffOptions } from "./backoff.ts";
import type { CredentialSource } from "./credential-source.ts";
import { Heartbeat } from "./heartbeat.ts";

/** What a link tells its owner. Calls come in order; `opened` is answered by exactly one `lost`. */
export interface LinkOwner {
  opened(channel: Channel, credential: Credential): void;
  message(bytes: Buffer, inReplyTo: string | undefined): void;
  drain(): void;
  lost(end: ChannelEnd): void;
  /** A dial failed; the next is due in `retryInMs`. */
  refused(error: DialError, retryInMs: number): void;
  /** The credential changed while the channel is open. */
  credential(credential: Credential): void;
  signal(signal: GatewaySignal): void;
}

export interface LinkHooks {
  beforeConnect(attempt: ConnectAttempt): ConnectRefusal | undefined;
  linkState(change: LinkChange): void;
}

export interface LinkOptions {
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  readonly owner: LinkOwner;
  readonly hooks: LinkHooks;
  readonly backoff: BackoffOptions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
}

/** A connection counts as stable, and the backoff starts afresh, after this long. */
const STABLE_AFTER_MS = 10_000;
/** A waiting dial is brought forward by new traffic at most this often. */
const NUDGE_EVERY_MS = 5_000;
/** Causes that waiting does not mend are tried again this often. */
const PERMANENT_RETRY_MS = 60_000;

/**
 * Keeps one connection to one endpoint: dials, authenticates, watches, backs off and dials again, for ever.
 *
 * It knows nothing of JSON-RPC. Losing the gateway never ends a link; only {@link Link.stop} does.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #backoff: Backoff;
  readonly #stopped = new AbortController();
  #state: LinkState = "idle";
  #channel: Channel | undefined;
  #heartbeat: Heartbeat | undefined;
  #retryTimer: Timer | undefined;
  #attempt = 0;
  #openedAt = 0;
  #dialEndedAt = Number.NEGATIVE_INFINITY;
  #renewedAfterRejection = false;
  #lastError: DialError | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.backoff, options.random);
  }

  get state(): LinkState {
    return this.#state;
  }

  get endpoint(): Endpoint {
    return this.#options.endpoint;
  }

  /** Why the last dial failed; undefined once a connection was open again. */
  get lastError(): DialError | undefined {
    return this.#lastError;
  }

  /** Starts dialling. Does nothing when it has started. */
  start(): void {
    if (this.#state === "idle") this.#dial("dial");
  }

  /**
   * New traffic waits for this link: dials now if the next dial is still far off.
   *
   * @returns whether a dial is under way, so that waiting for it makes sense.
   */
  nudge(): boolean {
    if (this.#state === "idle") this.#dial("dial");
    const waiting = this.#retryTimer !== undefined;
    if (waiting && this.#options.clock.now() - this.#dialEndedAt >= NUDGE_EVERY_MS) {
      this.#cancelRetry();
      this.#dial("dial");
    }
    return this.#retryTimer === undefined;
  }

  /** The gateway refused the credential in use, or the provider has a new one: gets it and tells the owner. */
  async renewCredential(reason: CredentialReason): Promise<Credential> {
    const credential = await this.#options.credentials.get(reason, this.#stopped.signal);
    if (this.#channel !== undefined) this.#options.owner.credential(credential);
    else if (this.#retryTimer !== undefined && this.#lastError?.reason !== "unreachable") {
      this.#cancelRetry();
      this.#dial("dial");
    }
    return credential;
  }

  pause(): void {
    this.#heartbeat?.pause();
    this.#channel?.pause();
  }

  resume(): void {
    this.#channel?.resume();
    this.#heartbeat?.resume();
  }

  /** Ends the link for good. An open channel is closed in order, or cut with `now`. */
  stop(how: "close" | "now"): void {
    if (this.#state === "closed") return;
    this.#cancelRetry();
    this.#stopped.abort();
    const channel = this.#channel;
    this.#change("closed");
    if (how === "now") channel?.terminate();
    else channel?.close("router is shutting down");
  }

  #dial(reason: CredentialReason): void {
    this.#attempt++;
    const { endpoint, hooks } = this.#options;
    const refusal = hooks.beforeConnect({ endpoint, attempt: this.#attempt });
    if (refusal !== undefined) {
      this.#refused(new DialError("refused", refusal.reason, { retryAfterMs: refusal.retryAfterMs, permanent: false }));
      return;
    }
    this.#change("connecting");
    // The promise has its owner here: #connect never rejects.
    void this.#connect(reason);
  }

  async #connect(reason: CredentialReason): Promise<void> {
    const { endpoint, credentials, transport, clock } = this.#options;
    const { timeoutMs } = endpoint.connection;
    const attempt = new AbortController();
    const stop = (): void => attempt.abort();
    this.#stopped.signal.addEventListener("abort", stop, { once: true });
    const timer = clock.after(timeoutMs, stop);
    const run: ChannelRun = { channel: undefined, early: [], end: undefined };
    try {
      const credential = await credentials.get(reason, attempt.signal);
      const channel = await transport.open(endpoint, credential, this.#sink(run), attempt.signal);
      if (this.#stopped.signal.aborted) {
        channel.terminate();
        return;
      }
      this.#opened(run, channel, credential);
    } catch (cause) {
      if (this.#stopped.signal.aborted) return;
      this.#failed(attempt.signal.aborted ? timedOut(endpoint, timeoutMs, cause) : asDialError(endpoint, cause));
    } finally {
      timer.cancel();
      this.#stopped.signal.removeEventListener("abort", stop);
    }
  }

  #opened(run: ChannelRun, channel: Channel, credential: Credential): void {
    const { clock, endpoint, owner, log } = this.#options;
    run.channel = channel;
    this.#channel = channel;
    this.#openedAt = clock.now();
    this.#dialEndedAt = this.#openedAt;
    this.#lastError = undefined;
    this.#renewedAfterRejection = false;
    if (channel.ping !== undefined) {
      this.#heartbeat = new Heartbeat({
        clock,
        intervalMs: endpoint.connection.keepaliveIntervalMs,
        timeoutMs: endpoint.connection.timeoutMs,
        ping: () => channel.ping?.(),
        dead: () => {
          log.warn({ endpoint: endpoint.name }, "the gateway is silent: cutting the connection");
          channel.terminate();
        },
      });
    }
    this.#change("open", { info: channel.info });
    owner.opened(channel, credential);
    for (const bytes of run.early.splice(0)) owner.message(bytes, undefined);
    if (run.end !== undefined) this.#lost(run.end);
  }

  #sink(run: ChannelRun): ChannelSink {
    const { owner } = this.#options;
    return {
      message: (bytes, inReplyTo) => {
        this.#heartbeat?.alive();
        if (run.channel === undefined) run.early.push(bytes);
        else owner.message(bytes, inReplyTo);
      },
      alive: () => this.#heartbeat?.alive(),
      drain: () => owner.drain(),
      signal: (signal) => owner.signal(signal),
      closed: (end) => {
        if (run.end !== undefined) return;
        run.end = end;
        if (run.channel !== undefined && run.channel === this.#channel) this.#lost(end);
      },
    };
  }

  #lost(end: ChannelEnd): void {
    const { clock, owner } = this.#options;
    this.#heartbeat?.stop();
    this.#heartbeat = undefined;
    this.#channel = undefined;
    const stable = clock.now() - this.#openedAt >= STABLE_AFTER_MS;
    if (stable) {
      this.#backoff.reset();
      this.#attempt = 0;
    }
    if (this.#state === "closed") {
      owner.lost(end);
      return;
    }
    const delayMs = stable || this.#backoff.failures === 0 ? this.#firstDelay() : this.#backoff.next();
    this.#change("lost", { end, retryInMs: delayMs });
    owner.lost(end);
    if (this.#stopped.signal.aborted) return;
    this.#retryAfter(delayMs, "dial");
  }

  /** The first try after a loss is immediate; it counts, so that a flapping gateway meets the backoff. */
  #firstDelay(): number {
    this.#backoff.next();
    return 0;
  }

  #failed(error: DialError): void {
    if (error.reason === "unauthorized" && !this.#renewedAfterRejection) {
      // A token may have been rotated under us: ask for another one and try at once, a single time.
      this.#renewedAfterRejection = true;
      this.#dial("rejected");
      return;
    }
    this.#refused(error);
  }

  #refused(error: DialError): void {
    const { clock, owner, log, endpoint } = this.#options;
    this.#dialEndedAt = clock.now();
    this.#lastError = error;
    const own = error.permanent ? PERMANENT_RETRY_MS : this.#backoff.next();
    const delayMs = Math.max(own, error.retryAfterMs ?? 0);
    log.warn({ endpoint: endpoint.name, reason: error.reason, retryInMs: Math.round(delayMs) }, escapeForPeople(error.message));
    this.#change("refused", { error, retryInMs: delayMs });
    this.#retryAfter(delayMs, error.reason === "unauthorized" ? "rejected" : "dial");
    owner.refused(error, delayMs);
  }

  #retryAfter(delayMs: number, reason: CredentialReason): void {
    this.#retryTimer = this.#options.clock.after(delayMs, () => {
      this.#retryTimer = undefined;
      this.#renewedAfterRejection = false;
      this.#dial(reason);
    });
  }

  #cancelRetry(): void {
    this.#retryTimer?.cancel();
    this.#retryTimer = undefined;
  }

  #change(state: LinkState, more: Partial<Pick<LinkChange, "info" | "end" | "error" | "retryInMs">> = {}): void {
    this.#state = state;
    this.#options.hooks.linkState({
      endpoint: this.#options.endpoint,
      state,
      info: more.info,
      end: more.end,
      error: more.error,
      retryInMs: more.retryInMs,
    });
  }
}

/** One life of a channel; messages and its end may come before the dial has returned it. */
interface ChannelRun {
  channel: Channel | undefined;
  readonly early: Buffer[];
  end: ChannelEnd | undefined;
}

function timedOut(endpoint: Endpoint, timeoutMs: number, cause: unknown): DialError {
  return new DialError("timeout", `no connection to ${endpoint.name} within ${timeoutMs} ms`, {
    cause,
    hint: "Check the address and the firewall, or raise gateway.connection.timeout_ms.",
  });
}

function asDialError(endpoint: Endpoint, cause: unknown): DialError {
  if (DialError.is(cause)) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new DialError("unreachable", `cannot connect to ${endpoint.name}: ${detail}`, { cause });
}
