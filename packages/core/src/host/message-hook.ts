import { FAIL_OPEN_STAGES } from "../plugin/hooks.ts";
import { RequestError } from "../plugin/request-error.ts";
import { hold, reject, type RejectVerdict, type Verdict } from "../plugin/verdict.ts";
import { UNUSED_HOOK, type BailHook } from "./sealed-hook.ts";
import type { TapRecord } from "./tap-record.ts";
import { checkSettled, checkVerdict } from "./check-verdict.ts";
import { messageOf, type FaultReport } from "./tap-faults.ts";
import { tapable } from "./tapable.ts";

/** A tap that takes longer than this holds up every message: it is reported by name. */
const SLOW_TAP_MS = 50;

/** Where the verdict of a message hook came from. */
export interface Decision {
  /** That of a hold never rejects: the fault policy has turned its failure into a verdict. */
  readonly verdict: Verdict;
  readonly plugin: string;
  /** The place of the deciding tap; a held message goes on behind it. */
  readonly place: number;
}

/**
 * `beforeSend` and `onFrame`: a bail hook whose taps are wrapped once with the plugin's name, the fault policy of their
 * stage and a time budget.
 */
export class MessageHook<Context> {
  readonly #hook: BailHook<Context, Verdict>;
  readonly #name: "beforeSend" | "onFrame";
  readonly #report: FaultReport;
  readonly #now: () => number;
  /** False lets the caller skip building a context nobody reads. */
  readonly used: boolean;
  #from = 0;
  #plugin = "";
  #place = 0;

  constructor(
    name: "beforeSend" | "onFrame",
    taps: readonly TapRecord<Context, unknown>[],
    report: FaultReport,
    now: () => number,
  ) {
    this.#name = name;
    this.#report = report;
    this.#now = now;
    this.used = taps.length > 0;
    this.#hook = this.used ? this.#hookOf(taps) : UNUSED_HOOK;
  }

  #hookOf(taps: readonly TapRecord<Context, unknown>[]): BailHook<Context, Verdict> {
    const hook = new tapable.SyncBailHook<[Context], Verdict | undefined>(["context"]);
    taps.forEach((tap, place) => {
      hook.tap(tap.plugin, (context) => (place < this.#from ? undefined : this.#run(tap, place, context)));
    });
    return hook;
  }

  /** Asks the taps from place `from` on; undefined lets the message go on. */
  decide(context: Context, from = 0): Decision | undefined {
    this.#from = from;
    const verdict = this.#hook.call(context);
    return verdict === undefined ? undefined : { verdict, plugin: this.#plugin, place: this.#place };
  }

  #run(tap: TapRecord<Context, unknown>, place: number, context: Context): Verdict | undefined {
    const startedAt = this.#now();
    let verdict: Verdict | undefined;
    try {
      verdict = this.#settling(tap, checkVerdict(tap.run(context)));
    } catch (cause) {
      verdict = this.#fault(tap, cause);
    }
    const tookMs = this.#now() - startedAt;
    if (tookMs > SLOW_TAP_MS) {
      this.#report({
        plugin: tap.plugin,
        hook: this.#name,
        message: `blocked every message for ${Math.round(tookMs)} ms; return hold(promise) for work that takes time`,
        cause: undefined,
      });
    }
    if (verdict !== undefined) {
      this.#plugin = tap.plugin;
      this.#place = place;
    }
    return verdict;
  }

  /** A hold settles to a verdict that was checked like one that came at once. */
  #settling(tap: TapRecord<Context, unknown>, verdict: Verdict | undefined): Verdict | undefined {
    if (verdict?.verdict !== "hold") return verdict;
    const settled = Promise.resolve(verdict.settled).then(checkSettled);
    return hold(settled.catch((cause: unknown) => this.#fault(tap, cause)));
  }

  /** Observers fail open; whoever decides fails closed, because what it would have refused must not slip through. */
  #fault(tap: TapRecord<Context, unknown>, cause: unknown): RejectVerdict | undefined {
    const message = messageOf(cause);
    this.#report({ plugin: tap.plugin, hook: this.#name, message, cause });
    if (FAIL_OPEN_STAGES.has(tap.stage)) return undefined;
    return reject(
      new RequestError("PLUGIN_FAILED", `the plugin ${tap.plugin} failed while it looked at this message: ${message}`, {
        plugin: tap.plugin,
        cause,
        outcome: this.#name === "beforeSend" ? "not_sent" : "executed",
        hint: "See the router's log for the failure, or disable the plugin.",
      }),
    );
  }
}
