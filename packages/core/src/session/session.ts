import type { Readable, Writable } from "node:stream";
import type { Clock, Timer } from "../clock.ts";
import { Dispatcher, type DispatcherOptions } from "../dispatch/dispatcher.ts";
import type { SealedHooks } from "../host/hook-set.ts";
import type { SessionMemory } from "../lane/session-memory.ts";
import { member } from "../message/json-member.ts";
import type { Lane } from "../lane/lane.ts";
import type { WireRead } from "../lane/wire.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { Logger } from "../plugin/logger.ts";
import type { MetricsScope } from "../plugin/metrics.ts";
import type { RequestError } from "../plugin/request-error.ts";
import type { ChannelEnd, GatewaySignal } from "../plugin/transport.ts";
import { LineReader } from "../stdio/line-reader.ts";
import { LineWriter } from "../stdio/line-writer.ts";
import { ClientStall } from "./client-stall.ts";
import { CarryOver } from "./carry-over.ts";
import { ClientIntake } from "./client-intake.ts";
import type { ClientRequest } from "./client-request.ts";
import { Drops } from "./drops.ts";
import { timeoutError } from "./end-errors.ts";
import { cancelAtGateway, Finish, FLUSH_LIMIT_MS, type FinishLimits } from "./finish.ts";
import { GatewayIntake } from "./gateway-intake.ts";
import { GatewayNotifications } from "./gateway-notifications.ts";
import { Ledger } from "./ledger.ts";
import type { SessionLimits } from "./limits.ts";
import { ListChanges } from "./list-changes.ts";
import { observeSession } from "./observe-session.ts";
import { OwedAnswers } from "./owed-answers.ts";
import { Resend } from "./resend.ts";
import { RetryBudget } from "./retry-budget.ts";
import { RequestDeadlines } from "./request-deadlines.ts";
import { notificationLine } from "./router-answer.ts";
import { SafeTools, type SafeToolsOptions } from "./safe-tools.ts";
import { ServerRequests } from "./server-requests.ts";
import { Settlement } from "./settlement.ts";

export interface SessionOptions {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly hooks: SealedHooks;
  readonly memory: SessionMemory;
  readonly limits: SessionLimits;
  readonly dispatch: Omit<DispatcherOptions, "owner" | "memory" | "clock" | "log" | "random">;
  /** `retry`: the budget in tokens, and which tools may run twice. */
  readonly retry: SafeToolsOptions & { readonly budget: number };
  readonly metrics: MetricsScope;
  readonly clock: Clock;
  readonly log: Logger;
  /** Registers a secret for redaction by value. */
  readonly redact: (text: string) => void;
  /** Takes every known secret out of a text: a gateway may say what it was given. */
  readonly hide: (text: string) => string;
  /** Default: that of the system. */
  readonly random?: () => number;
}

/** How often to look whether a slow gateway has taken what was waiting. */
const ROOM_CHECK_MS = 20;

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
  readonly #dispatcher: Dispatcher;
  readonly #client: ClientIntake;
  readonly #gateway: GatewayIntake;
  readonly #carryOver: CarryOver;
  readonly #safeTools: SafeTools;
  readonly #owed: OwedAnswers;
  readonly #finish: Finish;
  readonly #stall: ClientStall;
  readonly #drops: Drops;
  readonly #ended: (end: SessionEnd) => void;
  #inputEnded = false;
  #unwatch: () => void = () => {};
  #roomTimer: Timer | undefined;
  /** Resolves when the client has gone. */
  readonly end: Promise<SessionEnd>;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { stdin, stdout, hooks, memory, limits, metrics, clock, log, retry, random = Math.random } = options;
    let ended: (end: SessionEnd) => void = () => {};
    this.end = new Promise((resolve) => (ended = resolve));
    this.#ended = ended;
    const dropped = metrics.counter("dropped_total", "Messages that were not passed on, by side and reason.");
    this.#drops = new Drops(dropped, log);
    const drops = this.#drops;
    const ledger = this.#ledger;
    this.#writer = new LineWriter(stdout);
    this.#stall = new ClientStall({
      limitMs: limits.clientStallMs,
      clock,
      log,
      waitingBytes: () => this.#writer.bufferedBytes,
      gone: () => this.#clientGone(),
    });
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
      hide: options.hide,
      onSettled: (request) => this.#settled(request),
    });
    const settlement = this.#settlement;
    const serverRequests = new ServerRequests({ ledger, memory, drops, log, write, maxOpen: limits.maxServerRequests });
    this.#dispatcher = new Dispatcher({ ...options.dispatch, memory, clock, log, random, owner: this });
    const dispatcher = this.#dispatcher;
    this.#finish = new Finish({ ledger, settlement, dispatcher, writer: this.#writer, clock });
    this.#owed = new OwedAnswers(clock);
    const owed = this.#owed;
    this.#safeTools = new SafeTools(retry);
    const safeTools = this.#safeTools;
    const budget = new RetryBudget(retry.budget, clock);
    this.#carryOver = new CarryOver({
      ledger,
      settlement,
      dispatcher,
      serverRequests,
      deadlines,
      resend: new Resend({ budget, safeTools, random }),
      budget,
      resent: metrics.counter("resent_total", "Requests that were sent once more, by why."),
      clock,
    });
    const shared = { ledger, settlement, dispatcher, hooks, memory, deadlines, drops, owed, clock, log, write };
    this.#client = new ClientIntake({ ...shared, limits });
    this.#gateway = new GatewayIntake({
      ...shared,
      serverRequests,
      notifications: new GatewayNotifications({
        ...shared,
        serverRequests,
        safeTools,
        listChanges: new ListChanges(clock),
      }),
      carryOver: this.#carryOver,
      safeTools,
      budget,
      redact: options.redact,
    });
    this.#reader = new LineReader({
      line: (bytes) => this.#client.line(bytes),
      oversize: (head, length, tail) => this.#client.oversize(head, length, tail),
      unfinished: (bytes) => this.#client.unfinished(bytes),
      invalid: () => {
        drops.count("stdin", "not_utf8");
        log.warn("a line from the client is not UTF-8: dropped");
      },
    });
    observeSession(metrics, { ledger, dispatcher, writer: this.#writer, owed, budget });
    this.#watch(stdin, stdout);
  }

  /** Starts reading. The first byte starts the dial, so that a process that is only looked at leaves no trace. */
  start(): void {
    const { stdin } = this.#options;
    if (stdin.readableEnded || stdin.destroyed) this.#endOfInput();
    else stdin.on("data", this.#read);
  }

  /** Finishes what is open, then lets go of everything. */
  async finish(how: "drain" | "now", limits: FinishLimits): Promise<void> {
    const { stdin } = this.#options;
    this.#inputEnded = true;
    stdin.off("data", this.#read);
    stdin.pause();
    await this.#finish.answerEverything(how, limits);
    this.#deadlines.stop();
    this.#roomTimer?.cancel();
    this.#stall.drained();
    await this.#finish.flush(how === "drain" ? limits.drainMs : FLUSH_LIMIT_MS);
    this.#dispatcher.stop(how === "drain" ? "close" : "now");
    this.#unwatch();
  }

  /** Cuts a finish in progress short. */
  hurry(): void {
    this.#finish.hurry();
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
    this.#finish.connected();
  }

  signal(endpoint: Endpoint, signal: GatewaySignal): void {
    this.#options.hooks.onGatewaySignal.call({ endpoint, signal });
  }

  laneLost(lane: Lane, end: ChannelEnd): void {
    this.#carryOver.laneLost(lane, end);
  }

  homeMoved(from: Lane): void {
    this.#carryOver.homeMoved(from);
  }

  /** The client is told to look again at each kind of list that it knows can change. */
  serverChanged(): void {
    this.#safeTools.forget();
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
      if (this.#dispatcher.saturated) this.#roomTimer = clock.after(ROOM_CHECK_MS, look);
      else if (!this.#inputEnded) stdin.resume();
    };
    this.#roomTimer = clock.after(ROOM_CHECK_MS, look);
  }

  #write(line: Buffer): void {
    // Asked before, not after: a full stream has mostly been read by the time the next line comes.
    if (this.#writer.needsDrain) {
      this.#dispatcher.pause(true);
      this.#stall.full();
    }
    this.#writer.write(line);
  }

  #watch(stdin: Readable, stdout: Writable): void {
    const ended = (): void => this.#endOfInput();
    stdin.once("end", ended);
    stdin.once("close", ended);
    // Stays: an error without a listener would end the process.
    stdin.on("error", ended);
    this.#writer.onDrain(() => {
      this.#stall.drained();
      this.#dispatcher.pause(false);
    });
    const gone = (): void => this.#clientGone();
    this.#writer.onError(gone);
    stdout.once("close", gone);
    this.#unwatch = () => {
      stdin.off("end", ended);
      stdin.off("close", ended);
      stdout.off("close", gone);
    };
  }

  /** Nobody reads the answers that a drain would wait for. */
  #clientGone(): void {
    this.hurry();
    this.#ended("stdout_closed");
  }

  #endOfInput(): void {
    if (this.#inputEnded) return;
    this.#reader.end();
    this.#inputEnded = true;
    this.#ended("stdin_end");
  }

  #settled(request: ClientRequest): void {
    this.#carryOver.forget(request);
    if (request.method === "initialize") this.#options.memory.settled();
    this.#finish.settled();
  }

  /** A request has run out of time. */
  #expired(request: ClientRequest): void {
    const { clock, limits } = this.#options;
    if (request.state === "held") {
      this.#dispatcher.withdraw(request);
      this.#settlement.fail(request, this.#dispatcher.waitError(request));
      return;
    }
    if (request.state === "sent") {
      cancelAtGateway(request, "timed out in the router");
      if (request.lane !== undefined) this.#owed.add(request.key, request.lane);
    }
    this.#settlement.fail(request, timeoutError(request, clock.now(), limits));
  }
}
