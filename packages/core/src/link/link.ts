import type { Timer } from "../clock.ts";
import { escapeForPeople } from "../errors/escape.ts";
import type { Credential, CredentialReason } from "../plugin/credential.ts";
import { DialError, type DialReason } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { LinkState } from "../plugin/hooks.ts";
import { Secret } from "../plugin/secret.ts";
import type { Channel, ChannelEnd } from "../plugin/transport.ts";
import { Backoff } from "./backoff.ts";
import { ChannelRun } from "./channel-run.ts";
import { ExpiryWatch } from "./expiry-watch.ts";
import { asDialError, endedError, timedOut } from "./dial-failure.ts";
import { bounded, type Bound } from "./bounded.ts";
import type { LinkOptions } from "./link-options.ts";
import { linkChange, type ChangeDetails } from "./link-change.ts";
import type { LinkPicture } from "./link-picture.ts";
import { LossRecord } from "./loss-record.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { NUDGE_EVERY_MS, PERMANENT_RETRY_MS, RENEWAL_RETRY_MS, STABLE_AFTER_MS } from "./link-times.ts";
import { watchChannel } from "./watch-channel.ts";
import { openChannel } from "./open-channel.ts";

/** Failures that another credential may mend. */
const SIGN_IN: ReadonlySet<DialReason> = new Set(["unauthorized", "forbidden", "credential", "tls"]);

/**
 * Keeps one connection to one endpoint: dials, authenticates, watches, backs off and dials again, for ever.
 *
 * It knows nothing of JSON-RPC. Losing the gateway never ends a link; only {@link Link.stop} does.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #backoff: Backoff;
  readonly #losses = new LossRecord();
  readonly #expiry: ExpiryWatch;
  readonly #stopped = new AbortController();
  #state: LinkState = "idle";
  #channel: Channel | undefined;
  #heartbeat: Heartbeat | undefined;
  /** The credential of the latest dial, or what took its place. */
  #inUse: Credential | undefined;
  #retryTimer: Timer | undefined;
  #retryAt = 0;
  #retryReason: CredentialReason = "dial";
  #attempt = 0;
  #openedAt = 0;
  /** Whether the open connection has brought a message; whether it has brought anything at all. */
  #useful = false;
  #heard = false;
  #dialEndedAt = Number.NEGATIVE_INFINITY;
  /** No dial before this moment: the gateway, or a plugin, asked for it. */
  #notBefore = Number.NEGATIVE_INFINITY;
  #renewedAfterRejection = false;
  #lastError: DialError | undefined;
  /** Why the owner gave the open connection up. */
  #givenUp: DialError | undefined;
  /** A credential that became known while a dial with an older one was under way. */
  #newer: Credential | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { clock, random = Math.random } = options;
    this.#backoff = new Backoff(options.backoff, random);
    this.#expiry = new ExpiryWatch(clock, random, () => void this.#renewBeforeExpiry());
  }

  get state(): LinkState {
    return this.#state;
  }

  get endpoint(): Endpoint {
    return this.#options.endpoint;
  }

  /** Why the last dial failed, or the last connection ended; undefined while one is open. */
  get lastError(): DialError | undefined {
    return this.#lastError;
  }

  get picture(): LinkPicture {
    const protocol = this.#channel?.info.protocol;
    return { state: this.#state, protocol, pulse: this.#heartbeat?.pulse, error: this.#lastError };
  }

  /** Starts dialling. Does nothing when it has started. */
  start(): void {
    if (this.#state === "idle") this.#dial("dial");
  }

  /**
   * New traffic waits for this link: dials now, or as soon as the last dial is five seconds ago.
   *
   * @returns whether a dial is under way, so that waiting for it makes sense.
   */
  nudge(): boolean {
    this.start();
    if (this.#retryTimer !== undefined) {
      const now = this.#options.clock.now();
      const earliest = Math.max(this.#dialEndedAt + NUDGE_EVERY_MS, this.#notBefore);
      if (now >= earliest) this.#dialAgain();
      else if (this.#lastError?.permanent !== true && earliest < this.#retryAt) {
        this.#cancelRetry();
        this.#retryAfter(earliest - now, this.#retryReason);
      }
    }
    return this.#retryTimer === undefined;
  }

  /**
   * The gateway refused the credential in use, or the bearer `refused`, or the provider has a new one: gets it and uses it.
   *
   * @throws DialError when there is none.
   */
  async renewCredential(reason: CredentialReason, refused?: string): Promise<void> {
    // Nothing was dialled yet: the first dial asks for itself.
    if (this.#state === "idle" || this.#state === "closed") return;
    const { credentials, owner, endpoint } = this.#options;
    const rejected = refused === undefined ? this.#inUse?.bearer : new Secret(refused);
    const credential = await bounded(this.#bound, async (signal) => {
      try {
        return await credentials.get(reason, signal, rejected);
      } catch (cause) {
        throw signal.aborted ? timedOut(endpoint, "credential", cause) : asDialError(endpoint, cause);
      }
    });
    this.#inUse = credential;
    if (this.#channel !== undefined) {
      this.#expiry.watch(credential.expiresAt);
      owner.credential(credential);
    } else if (this.#retryTimer === undefined) this.#newer = credential;
    else if (this.#lastError !== undefined && SIGN_IN.has(this.#lastError.reason)) this.#dialAgain();
  }

  /** The gateway hands out a bearer of its own. */
  rotate(bearer: Secret): void {
    const { credentials, owner } = this.#options;
    credentials.rotate(bearer);
    if (this.#inUse === undefined) return;
    this.#inUse = { ...this.#inUse, bearer };
    if (this.#channel === undefined) this.#newer = this.#inUse;
    owner.credential(this.#inUse);
  }

  /** The open connection is of no use, though it stands: cuts it, and counts it as a dial that failed. */
  giveUp(error: DialError): void {
    this.#givenUp = error;
    this.#channel?.terminate();
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
    const channel = this.#channel;
    if (this.#state === "closed") {
      if (how === "now") channel?.terminate();
      return;
    }
    this.#cancelRetry();
    this.#stopped.abort();
    this.#heartbeat?.stop();
    this.#expiry.stop();
    this.#change("closed");
    if (how === "now") channel?.terminate();
    else channel?.close("no longer needed");
  }

  #dial(reason: CredentialReason): void {
    this.#attempt++;
    const { endpoint, hooks } = this.#options;
    const refusal = hooks.beforeConnect({ endpoint, connection: this.#options.connection, attempt: this.#attempt });
    if (refusal !== undefined) {
      this.#refused(new DialError("refused", refusal.reason, { retryAfterMs: refusal.retryAfterMs, permanent: false }));
      return;
    }
    this.#newer = undefined;
    this.#change("connecting");
    // The promise has its owner here: #connect never rejects.
    void bounded(this.#bound, async (signal) => await this.#connect(reason, signal));
  }

  /** Whatever a dial waits for may take as long as the configuration gives a dial, and ends with the link. */
  get #bound(): Bound {
    const { clock, endpoint } = this.#options;
    return { clock, limitMs: endpoint.connection.timeoutMs, stopped: this.#stopped.signal };
  }

  async #connect(reason: CredentialReason, signal: AbortSignal): Promise<void> {
    const { endpoint, credentials, transport } = this.#options;
    const run = this.#run();
    let missing: "credential" | "connection" = "credential";
    try {
      const credential = await credentials.get(reason, signal, this.#inUse?.bearer, this.#lastError?.challenge);
      this.#inUse = credential;
      missing = "connection";
      const channel = await openChannel(transport.open(endpoint, credential, run.sink, signal), signal);
      this.#opened(run, channel, credential);
    } catch (cause) {
      if (this.#stopped.signal.aborted) return;
      if (this.#channel !== undefined) this.giveUp(asDialError(endpoint, cause));
      else if (signal.aborted && !DialError.is(cause)) this.#failed(timedOut(endpoint, missing, cause));
      else this.#failed(asDialError(endpoint, cause));
    }
  }

  #opened(run: ChannelRun, channel: Channel, credential: Credential): void {
    if (this.#stopped.signal.aborted) {
      channel.terminate();
      return;
    }
    const { clock, endpoint, owner, answersPings, log } = this.#options;
    run.opened(channel);
    this.#channel = channel;
    this.#openedAt = clock.now();
    this.#dialEndedAt = this.#openedAt;
    this.#lastError = undefined;
    this.#renewedAfterRejection = false;
    this.#heartbeat = watchChannel({ channel, answersPings, owner, endpoint, clock, log });
    this.#useful = this.#heard = false;
    this.#expiry.watch((this.#newer ?? credential).expiresAt);
    this.#change("open", { info: channel.info });
    owner.opened(channel, credential, this.#newer);
    run.catchUp();
  }

  #run(): ChannelRun {
    const { owner } = this.#options;
    return new ChannelRun({
      isCurrent: (channel) => channel === this.#channel,
      message: (bytes, inReplyTo) => {
        this.#heartbeat?.alive();
        this.#useful = true;
        owner.message(bytes, inReplyTo);
      },
      alive: () => {
        this.#heartbeat?.alive();
        this.#heard = true;
      },
      drain: () => {
        this.#heartbeat?.taken();
        owner.drain();
      },
      signal: (signal) => owner.signal(signal),
      lost: (end) => this.#lost(end),
    });
  }

  #lost(end: ChannelEnd): void {
    const { clock, owner, endpoint } = this.#options;
    this.#heartbeat?.stop();
    this.#heartbeat = undefined;
    this.#expiry.stop();
    this.#channel = undefined;
    const givenUp = this.#givenUp;
    this.#givenUp = undefined;
    this.#lastError = givenUp ?? endedError(endpoint, end, this.#useful);
    if (this.#state === "closed") {
      owner.lost(end);
      return;
    }
    if (givenUp === undefined && (this.#useful || this.#heard) && clock.now() - this.#openedAt >= STABLE_AFTER_MS) {
      this.#backoff.reset();
      this.#attempt = 0;
    }
    const { reason, atOnce, permanent } = this.#losses.judge(endpoint, end, this.#useful);
    const again = givenUp === undefined && atOnce ? this.#backoff.afterLoss() : this.#backoff.afterFailure();
    const delayMs = permanent === undefined ? again : PERMANENT_RETRY_MS;
    this.#change("lost", { end, retryInMs: delayMs });
    // Set before the owner hears of it: it may hand over what cannot wait, and that asks when the next dial is due.
    this.#retryAfter(delayMs, reason);
    owner.lost(end);
    if (permanent === undefined || this.#stopped.signal.aborted) return;
    this.#lastError = permanent;
    this.#dialEndedAt = clock.now();
    this.#change("refused", { error: permanent, retryInMs: delayMs });
    owner.refused(permanent, delayMs);
  }

  /** The old credential stays in use until its end; who refuses it then says so. */
  async #renewBeforeExpiry(): Promise<void> {
    const { log, endpoint } = this.#options;
    try {
      await this.renewCredential("expiry");
    } catch (cause) {
      if (this.#stopped.signal.aborted) return;
      log.warn({ endpoint: endpoint.name, err: cause }, "the credential could not be renewed before its end");
      if (this.#channel !== undefined) this.#expiry.again(RENEWAL_RETRY_MS);
    }
  }

  #failed(error: DialError): void {
    this.#lastError = error;
    // What was refused then is the one before: the newer one has not been tried.
    if (this.#newer !== undefined && SIGN_IN.has(error.reason)) return this.#dial("dial");
    if (error.reason === "unauthorized" && !this.#renewedAfterRejection) {
      // A token may have been rotated under us: ask for another one and try at once, a single time.
      this.#renewedAfterRejection = true;
      this.#dial("rejected");
      return;
    }
    if (error.reason !== "unauthorized") this.#renewedAfterRejection = false;
    this.#refused(error);
  }

  #refused(error: DialError): void {
    const { clock, owner, log, endpoint } = this.#options;
    this.#dialEndedAt = clock.now();
    this.#lastError = error;
    const own = error.permanent ? PERMANENT_RETRY_MS : this.#backoff.afterFailure();
    const floorMs = error.retryAfterMs ?? 0;
    const delayMs = Math.max(own, floorMs);
    this.#notBefore = this.#dialEndedAt + floorMs;
    log.warn(
      { endpoint: endpoint.name, reason: error.reason, retryInMs: Math.round(delayMs) },
      escapeForPeople(error.message),
    );
    this.#change("refused", { error, retryInMs: delayMs });
    this.#retryAfter(delayMs, error.reason === "unauthorized" ? "rejected" : "dial");
    owner.refused(error, delayMs);
  }

  #retryAfter(delayMs: number, reason: CredentialReason): void {
    this.#retryReason = reason;
    this.#retryAt = this.#options.clock.now() + delayMs;
    this.#retryTimer = this.#options.clock.after(delayMs, () => this.#dialAgain());
  }

  #dialAgain(): void {
    this.#cancelRetry();
    this.#dial(this.#retryReason);
  }

  #cancelRetry(): void {
    this.#retryTimer?.cancel();
    this.#retryTimer = undefined;
  }

  #change(state: LinkState, details: ChangeDetails = {}): void {
    this.#state = state;
    this.#options.hooks.linkState(linkChange(this.#options, state, details));
  }
}
