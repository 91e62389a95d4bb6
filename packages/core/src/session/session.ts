import type { Readable, Writable } from "node:stream";
import type { Clock, Timer } from "../clock.ts";
import { Dispatcher, type DispatcherOptions } from "../dispatch/dispatcher.ts";
import { unreachableError } from "../dispatch/unreachable-error.ts";
import type { SealedHooks } from "../host/hook-set.ts";
import type { HandshakeMemory } from "../lane/handshake-memory.ts";
import { member } from "../lane/handshake-memory.ts";
import type { Lane } from "../lane/lane.ts";
import type { WireRead } from "../lane/wire.ts";
import { RouterError } from "../errors/router-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { Logger } from "../plugin/logger.ts";
import type { MetricsScope } from "../plugin/metrics.ts";
import { RequestError } from "../plugin/request-error.ts";
import type { ChannelEnd, GatewaySignal } from "../plugin/transport.ts";
import { LineReader } from "../stdio/line-reader.ts";
import { LineWriter } from "../stdio/line-writer.ts";
import { ClientIntake } from "./client-intake.ts";
import type { ClientRequest } from "./client-request.ts";
import { Drops } from "./drops.ts";
import { GatewayIntake } from "./gateway-intake.ts";
import { Ledger } from "./ledger.ts";
import type { SessionLimits } from "./limits.ts";
import { mayResend } from "./resend.ts";
import { RequestDeadlines } from "./request-deadlines.ts";
import { cancelledLine, notificationLine } from "./router-answer.ts";
import { ServerRequests } from "./server-requests.ts";
import { Settlement } from "./settlement.ts";

export interface SessionOptions {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly hooks: SealedHooks;
  readonly memory: HandshakeMemory;
  readonly limits: SessionLimits;
  readonly dispatch: Omit<DispatcherOptions, "owner" | "memory" | "clock" | "log">;
  readonly metrics: MetricsScope;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Why a session ended by itself. */
export type SessionEnd = "stdin_end" | "stdout_closed";

/**
 * The client's session: one stdin, one stdout, and everything that is open between them and the gateway.
 *
 * It outlives every connection. It ends when the client has gone, or when {@link Session.finish} is called.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #ledger = new Ledger();
  readonly #writer: LineWriter;
  readonly #reader: LineReader;
  readonly #deadlines: RequestDeadlines;
  readonly #settlement: Settlement;
  readonly #serverRequests: ServerRequests;
  readonly #dispatcher: Dispatcher;
  readonly #client: ClientIntake;
  readonly #gateway: GatewayIntake;
  readonly #drops: Drops;
  readonly #ended: (end: SessionEnd) => void;
  #idle: (() => void) | undefined;
  #connected: (() => void) | undefined;
  #inputEnded = false;
  #hurried = false;
  /** Resolves when the client has gone. */
  readonly end: Promise<SessionEnd>;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { stdin, stdout, hooks, memory, limits, metrics, clock, log } = options;
    let ended: (end: SessionEnd) => void = () => {};
    this.end = new Promise((resolve) => (ended = resolve));
    this.#ended = ended;
    this.#drops = new Drops(metrics.counter("dropped_total", "Messages that were not passed on, by side and reason."));
    const drops = this.#drops;
    const ledger = this.#ledger;
    this.#writer = new LineWriter(stdout);
    const write = (line: Buffer): void => this.#write(line);
    this.#deadlines = new RequestDeadlines(limits, clock, (request) => this.#expired(request));
    const deadlines = this.#deadlines;
    this.#settlement = new Settlement({
      ledger,
      deadlines: deadlines.all,
      hooks,
      clock,
      log,
      settled: metrics.counter("requests_total", "Requests that have ended, by outcome and reason."),
      write,
      onSettled: () => {
        if (this.#idle !== undefined && !this.#awaitsAnswer()) this.#idle();
      },
    });
    const settlement = this.#settlement;
    this.#serverRequests = new ServerRequests({ ledger, memory, drops, log, write });
    this.#dispatcher = new Dispatcher({ ...options.dispatch, memory, clock, log, owner: this });
    const dispatcher = this.#dispatcher;
    const shared = { ledger, settlement, dispatcher, hooks, memory, deadlines, drops, clock, log, write };
    this.#client = new ClientIntake({ ...shared, limits });
    this.#gateway = new GatewayIntake({ ...shared, serverRequests: this.#serverRequests });
    this.#reader = new LineReader({
      line: (bytes) => this.#client.line(bytes),
      oversize: (head, length, tail) => this.#client.oversize(head, length, tail),
      invalid: () => {
        drops.count("stdin", "not_utf8");
        log.warn("a line from the client is not UTF-8: dropped");
      },
    });
    metrics.observe("open_requests", "Requests of the client without an answer yet.", () => ledger.openRequests);
    metrics.observe("held_messages", "Messages that wait for a connection.", () => dispatcher.heldCount);
    metrics.observe("stdout_buffered_bytes", "Bytes the client has not read yet.", () => this.#writer.bufferedBytes);
    this.#watch(stdin, stdout);
  }

  /** Starts reading. The first byte starts the dial, so that a process that is only looked at leaves no trace. */
  start(): void {
    const { stdin } = this.#options;
    if (stdin.readableEnded || stdin.destroyed) this.#endOfInput();
    else stdin.on("data", this.#read);
  }

  /** Finishes what is open, then lets go of everything. */
  async finish(how: "drain" | "now", limits: { readonly connectMs: number; readonly drainMs: number }): Promise<void> {
    const { stdin } = this.#options;
    this.#inputEnded = true;
    stdin.off("data", this.#read);
    stdin.pause();
    if (how === "drain") {
      await this.#untilConnected(limits.connectMs);
      await this.#untilIdle(limits.drainMs);
    }
    this.#giveUp();
    this.#deadlines.stop();
    await this.#writer.flush();
    this.#dispatcher.stop(how === "drain" ? "close" : "now");
    await this.#writer.close();
  }

  /** Cuts a finish in progress short. */
  hurry(): void {
    this.#connected?.();
    this.#idle?.();
    this.#hurried = true;
  }

  // DispatcherOwner

  sent(request: ClientRequest): void {
    this.#deadlines.sent(request);
  }

  refused(request: ClientRequest, error: RequestError): void {
    this.#settlement.fail(request, error);
  }

  received(lane: Lane, read: WireRead): void {
    this.#gateway.received(lane, read);
  }

  linkSettled(): void {
    this.#connected?.();
  }

  signal(endpoint: Endpoint, signal: GatewaySignal): void {
    this.#options.hooks.onGatewaySignal.call({ endpoint, signal });
  }

  /** What the lane carried is sent again where that can do no harm, and ends as `unknown` where it can. */
  laneLost(lane: Lane, end: ChannelEnd): void {
    this.#serverRequests.laneLost(lane);
    for (const request of [...this.#ledger.requests()]) {
      if (request.lane !== lane || request.state !== "sent") continue;
      if (mayResend(request, end)) this.#dispatcher.submit(request);
      else this.#settlement.fail(request, lostError(lane, end));
    }
  }

  /** The client is told to look again at each kind of list that it knows can change. */
  serverChanged(): void {
    const capabilities = this.#options.memory.handshake?.capabilities;
    for (const kind of ["tools", "prompts", "resources"]) {
      if (member(member(capabilities, kind), "listChanged") === true) {
        this.#write(notificationLine(`notifications/${kind}/list_changed`, {}));
      }
    }
  }

  readonly #read = (chunk: Buffer | string): void => {
    this.#dispatcher.start();
    this.#reader.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    if (this.#dispatcher.saturated) this.#awaitRoom();
  };

  /** The gateway takes less than the client writes: stop reading until some of it has left. */
  #awaitRoom(): void {
    const { stdin, clock } = this.#options;
    stdin.pause();
    const look = (): void => {
      if (this.#dispatcher.saturated) clock.after(20, look);
      else if (!this.#inputEnded) stdin.resume();
    };
    clock.after(20, look);
  }

  #write(line: Buffer): void {
    this.#writer.write(line);
    if (this.#writer.needsDrain) this.#dispatcher.pause(true);
  }

  #watch(stdin: Readable, stdout: Writable): void {
    stdin.once("end", () => this.#endOfInput());
    stdin.once("close", () => this.#endOfInput());
    stdin.once("error", () => this.#endOfInput());
    this.#writer.onDrain(() => this.#dispatcher.pause(false));
    this.#writer.onError(() => this.#ended("stdout_closed"));
    stdout.once("close", () => this.#ended("stdout_closed"));
  }

  #endOfInput(): void {
    if (this.#inputEnded) return;
    this.#inputEnded = true;
    const dropped = this.#reader.end();
    if (dropped > 0) this.#drops.count("stdin", "unfinished_line");
    this.#ended("stdin_end");
  }

  /** A request has run out of time. */
  #expired(request: ClientRequest): void {
    const { clock, limits } = this.#options;
    const { link } = this.#dispatcher;
    const elapsedMs = Math.round(clock.now() - request.arrivedAt);
    if (request.state === "held") {
      this.#dispatcher.withdraw(request);
      this.#settlement.fail(request, unreachableError(link.endpoint, link.lastError, undefined));
      return;
    }
    if (request.state === "sent") this.#cancelAtGateway(request, "timed out in the router");
    const outcome = request.state === "parked" ? "not_sent" : "unknown";
    const known =
      outcome === "unknown" ? "it was sent and may or may not have run" : "a plugin held it too long and it was not sent";
    const hint = request.method === "server/discover" ? undefined : hintFor(request, limits);
    const text = `no answer to ${request.method} within ${elapsedMs} ms: ${known}`;
    this.#settlement.fail(request, new RequestError("TIMEOUT", text, { outcome, hint }));
  }

  #cancelAtGateway(request: ClientRequest, reason: string): void {
    const { lane } = request;
    if (lane === undefined || lane.lost || request.method === "initialize" || request.method === "server/discover") return;
    const facts = {
      kind: "notification",
      idKey: undefined,
      method: "notifications/cancelled",
      name: undefined,
      protocolVersion: undefined,
    } as const;
    lane.transmit(facts, cancelledLine(request.id, reason), request.namespace);
    lane.channel.cancel?.(request.key);
  }

  /** Waits until a lane can carry what is held, for as long as a dial may take. */
  async #untilConnected(limitMs: number): Promise<void> {
    if (this.#dispatcher.heldCount === 0) return;
    await this.#wait(limitMs, (done) => (this.#connected = done));
    this.#connected = undefined;
  }

  async #untilIdle(limitMs: number): Promise<void> {
    if (!this.#awaitsAnswer()) return;
    await this.#wait(limitMs, (done) => (this.#idle = done));
    this.#idle = undefined;
  }

  /** Open subscriptions stay open for as long as the client is there, and what found no gateway waits in vain. */
  #awaitsAnswer(): boolean {
    for (const { methodClass, state } of this.#ledger.requests()) {
      if (methodClass !== "stream" && state !== "held") return true;
    }
    return false;
  }

  async #wait(limitMs: number, arm: (done: () => void) => void): Promise<void> {
    if (this.#hurried) return;
    await new Promise<void>((resolve) => {
      const timer: Timer = this.#options.clock.after(limitMs, resolve);
      arm(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Answers whatever is still open. */
  #giveUp(): void {
    for (const request of [...this.#ledger.requests()]) {
      const wasSent = request.state === "sent" || request.state === "answered";
      if (request.state === "held") this.#dispatcher.withdraw(request);
      if (request.state === "sent") this.#cancelAtGateway(request, "the router is shutting down");
      const known = wasSent ? "the call was sent and may or may not have run" : "the call was not sent";
      const cause = wasSent ? undefined : this.#dispatcher.link.lastError;
      const because = RouterError.is(cause) ? ` (${cause.message})` : "";
      const text = `the router is shutting down; ${known}${because}`;
      this.#settlement.fail(request, new RequestError("SHUTTING_DOWN", text, { outcome: wasSent ? "unknown" : "not_sent" }));
    }
  }
}

function lostError(lane: Lane, end: ChannelEnd): RequestError {
  const how = end.code === undefined ? end.reason : `${end.reason} (${end.code})`;
  const tooLarge = end.code === 1009;
  return new RequestError(
    "UPSTREAM_LOST",
    `the gateway connection was lost before the answer came: ${how}. The call may or may not have run.`,
    {
      outcome: "unknown",
      cause: end.error,
      hint: tooLarge
        ? `${lane.endpoint.name} closed it because a message was too large.`
        : "Check what the call has done before you repeat it.",
    },
  );
}

function hintFor(request: ClientRequest, limits: SessionLimits): string {
  if (request.methodClass !== "act") return "Raise local.request_timeout_ms if the gateway needs longer.";
  return limits.callTimeoutMs > 0
    ? "Raise local.call_timeout_ms if the tool needs longer."
    : "Raise local.call_idle_timeout_ms if the tool needs longer without reporting progress.";
}
