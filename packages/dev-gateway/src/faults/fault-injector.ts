import type { Faulted } from "../events/gateway-events.ts";
import type { UpgradeAnswer } from "../listeners/upgrade-answer.ts";
import { answerTwice } from "./answer-twice.ts";
import { Dice } from "./dice.ts";
import { drip } from "./drip.ts";
import { FaultChain } from "./fault-chain.ts";
import type { FaultName, FaultOptions } from "./fault-options.ts";
import { expectFault } from "./fault-settings.ts";
import type { Fault, FaultContext, FaultySession } from "./fault.ts";
import { ForgetSessions } from "./forget-sessions.ts";
import type { ForgetOptions } from "./forget-sessions.ts";
import { requireInitialized } from "./require-initialized.ts";
import { Restart } from "./restart.ts";
import type { Restartable, RestartOptions } from "./restart.ts";
import { serial } from "./serial.ts";
import { shuffleAnswers } from "./shuffle-answers.ts";
import { Stall } from "./stall.ts";
import type { StallOptions } from "./stall.ts";
import { trigger } from "./trigger.ts";
import { wrongConnection } from "./wrong-connection.ts";

/** How long a stall lasts that comes by itself. */
const STALL_MS = 5000;

/** The order in which faults see a message from the client, and in which they see one for the client. */
const ORDER: readonly (FaultName | "refusals")[] = [
  "restart",
  "forget",
  "stall",
  "refusals",
  "serial",
  "shuffle",
  "wrong-connection",
  "twice",
  "drip",
];

/** What faults act upon. */
export interface FaultSurroundings {
  readonly seed: number;
  readonly gateway: Restartable;
  readonly sessions: () => readonly FaultySession[];
  readonly report: (event: Faulted) => void;
}

/** Everything a gateway can be made to do wrong, by the clock, by chance or on command. */
export class FaultInjector {
  readonly chain = new FaultChain();
  readonly #surroundings: FaultSurroundings;
  readonly #restart: Restart;
  readonly #stall: Stall;
  readonly #forget: ForgetSessions;
  #made = 0;
  #forgets = false;

  constructor(surroundings: FaultSurroundings) {
    this.#surroundings = surroundings;
    this.#restart = new Restart(surroundings.gateway, this.#context("restart"));
    this.#stall = new Stall(this.#context("stall"));
    this.#forget = new ForgetSessions(this.#context("forget"));
  }

  /** Whether the gateway says that it is restarting. */
  get restarting(): boolean {
    return this.#restart.retryAfter !== undefined;
  }

  /** What an upgrade meets before anything else: it waits, or it is refused, or nothing. */
  async admit(): Promise<UpgradeAnswer | undefined> {
    await this.#stall.upgradesHeld;
    const { retryAfter } = this.#restart;
    if (retryAfter === undefined) return undefined;
    return { status: 503, headers: { "Retry-After": retryAfter }, body: "The gateway is restarting\n" };
  }

  /** Begins to misbehave; the returned function ends it. */
  inject(options: FaultOptions): () => void {
    expectFault(options);
    return this.chain.add(this.#make(options), ORDER.indexOf(options.fault));
  }

  requireInitialized(): void {
    this.chain.add(requireInitialized(this.#context("require-initialized")), ORDER.indexOf("refusals"));
  }

  async restart(options: RestartOptions): Promise<void> {
    expectFault({ ...options, fault: "restart" });
    await this.#restart.restart(options);
  }

  forget(options: ForgetOptions, sessionId?: string): void {
    expectFault({ ...options, fault: "forget" });
    if (!this.#forgets) this.chain.add(this.#forget, ORDER.indexOf("refusals"));
    this.#forgets = true;
    this.#forget.forget(options, sessionId);
  }

  stall(options: StallOptions, sessionId?: string): void {
    expectFault({ ...options, fault: "stall" });
    this.#stall.stall(options, sessionId);
  }

  release(): void {
    this.#stall.release();
  }

  /** The session's connection has ended. */
  closed(session: FaultySession): void {
    this.chain.reset(session);
    this.#stall.closed(session);
  }

  /** Ends every fault. Settles when no port will be opened any more. */
  async stop(): Promise<void> {
    this.chain.stop();
    this.#stall.release();
    await this.#restart.stop();
  }

  #make(options: FaultOptions): Fault {
    const context = this.#context(options.fault);
    if (options.fault === "restart") {
      return trigger(options, context, () => {
        void this.restart(options);
        return true;
      });
    }
    if (options.fault === "forget") {
      return trigger(options, context, () => {
        this.forget(options);
        return options.as === "close";
      });
    }
    if (options.fault === "stall") {
      return trigger(options, context, () => {
        this.stall({ ...options, forMs: options.forMs ?? STALL_MS });
        return false;
      });
    }
    if (options.fault === "serial") return serial(options);
    if (options.fault === "shuffle") return shuffleAnswers(options, context);
    if (options.fault === "wrong-connection") return wrongConnection(options, context);
    return options.fault === "twice" ? answerTwice(options, context) : drip(options, context);
  }

  #context(fault: Faulted["fault"]): FaultContext {
    const { seed, sessions, report } = this.#surroundings;
    this.#made += 1;
    return {
      dice: new Dice(seed + this.#made),
      sessions: (sessionId) => sessions().filter(({ id }) => sessionId === undefined || id === sessionId),
      report: (step, detail, sessionId) =>
        report({ fault, step, detail, ...(sessionId !== undefined && { sessionId }) }),
    };
  }
}
