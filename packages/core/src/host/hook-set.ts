import type { CredentialDraft } from "../plugin/credential.ts";
import {
  STAGES,
  type ConnectAttempt,
  type ConnectRefusal,
  type Failure,
  type Hooks,
  type Inbound,
  type LinkChange,
  type Outbound,
  type Settled,
  type SignalFrom,
  type Stage,
  type TapOptions,
  type TapPoint,
} from "../plugin/hooks.ts";
import { UNUSED_HOOK, type BailHook, type SeriesHook, type WatchHook } from "./sealed-hook.ts";
import { orderTaps } from "./tap-order.ts";
import type { HookName, TapRecord } from "./tap-record.ts";
import { MessageHook } from "./message-hook.ts";
import { containAuth, containConnect, containObserver, type FaultReport } from "./tap-faults.ts";
import { tapable } from "./tapable.ts";

/** The taps of one hook while plugins are applied. */
class Taps<Context, Result> {
  readonly records: TapRecord<Context, Result>[] = [];
  readonly #defaultStage: Stage;

  constructor(defaultStage: Stage) {
    this.#defaultStage = defaultStage;
  }

  forget(plugin: string): void {
    const kept = this.records.filter((record) => record.plugin !== plugin);
    this.records.splice(0, this.records.length, ...kept);
  }

  point(plugin: string, entry: EntryOrder, isSealed: () => boolean): TapPoint<Context, Result> {
    return {
      tap: (run, options: TapOptions = {}) => {
        if (isSealed()) throw new Error("hooks are sealed: tap them in apply, before traffic starts");
        if (typeof run !== "function") throw new TypeError("tap() takes a function");
        this.records.push({
          plugin,
          stage: knownStage(options.stage ?? this.#defaultStage),
          before: [...entry.before, ...names(options.before)],
          after: [...entry.after, ...names(options.after)],
          run,
        });
      },
    };
  }
}

/** A tap in a stage that does not exist would never run: a guard that is not there. */
function knownStage(stage: Stage): Stage {
  if (STAGES.includes(stage)) return stage;
  throw new TypeError(`there is no stage "${stage}"; the stages are ${STAGES.join(", ")}`);
}

function names(value: readonly string[] = []): readonly string[] {
  if (Array.isArray(value)) return value;
  throw new TypeError("before and after are lists of plugin names");
}

/** `before` and `after` of a plugin's entry in the configuration; they hold for all its taps. */
export interface EntryOrder {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

function createTaps() {
  return {
    beforeSend: new Taps<Outbound, unknown>("guard"),
    onFrame: new Taps<Inbound, unknown>("guard"),
    onAuth: new Taps<CredentialDraft, void | Promise<void>>("auth"),
    onError: new Taps<Failure, void>("observe"),
    beforeConnect: new Taps<ConnectAttempt, ConnectRefusal | void>("guard"),
    onSettled: new Taps<Settled, void>("observe"),
    onLinkState: new Taps<LinkChange, void>("observe"),
    onGatewaySignal: new Taps<SignalFrom, void>("observe"),
    onStart: new Taps<void, void | Promise<void>>("observe"),
    onDrain: new Taps<void, void | Promise<void>>("observe"),
    onStop: new Taps<void, void | Promise<void>>("observe"),
  };
}

/** Collects the taps of a generation, puts them in order, and seals them into tapable hooks. */
export class HookSet {
  readonly #taps = createTaps();
  #sealed = false;

  /** The registering side for one plugin. */
  for(plugin: string, entry: EntryOrder): Hooks {
    const sealed = (): boolean => this.#sealed;
    const taps = this.#taps;
    return {
      beforeSend: taps.beforeSend.point(plugin, entry, sealed),
      onFrame: taps.onFrame.point(plugin, entry, sealed),
      onAuth: taps.onAuth.point(plugin, entry, sealed),
      onError: taps.onError.point(plugin, entry, sealed),
      beforeConnect: taps.beforeConnect.point(plugin, entry, sealed),
      onSettled: taps.onSettled.point(plugin, entry, sealed),
      onLinkState: taps.onLinkState.point(plugin, entry, sealed),
      onGatewaySignal: taps.onGatewaySignal.point(plugin, entry, sealed),
      onStart: taps.onStart.point(plugin, entry, sealed),
      onDrain: taps.onDrain.point(plugin, entry, sealed),
      onStop: taps.onStop.point(plugin, entry, sealed),
    };
  }

  /** Takes back every tap of a plugin that could not be applied. */
  forget(plugin: string): void {
    for (const taps of Object.values(this.#taps)) taps.forget(plugin);
  }

  /**
   * Ends registration. Taps are sorted here and given to tapable in that order; tapable's own `before` is not used,
   * because it lets a tap with an unknown name jump the whole queue.
   *
   * @throws TapOrderError
   */
  seal(plugins: ReadonlySet<string>, report: FaultReport, now: () => number): SealedHooks {
    this.#sealed = true;
    const taps = this.#taps;
    const observe = <C>(name: HookName, source: Taps<C, void>): WatchHook<C> => {
      if (source.records.length === 0) return UNUSED_HOOK;
      const hook = new tapable.SyncHook<[C]>(["context"]);
      for (const tap of orderTaps(source.records, plugins)) hook.tap(tap.plugin, containObserver(name, tap, report));
      return hook;
    };
    const lifecycle = (source: Taps<void, void | Promise<void>>): readonly TapRecord<void, void | Promise<void>>[] =>
      orderTaps(source.records, plugins);
    const authenticate = (source: typeof taps.onAuth): SeriesHook<CredentialDraft> => {
      if (source.records.length === 0) return UNUSED_HOOK;
      const hook = new tapable.AsyncSeriesHook<[CredentialDraft]>(["draft"]);
      for (const tap of orderTaps(source.records, plugins)) hook.tapPromise(tap.plugin, containAuth(tap, report));
      return hook;
    };
    const guardDials = (source: typeof taps.beforeConnect): BailHook<ConnectAttempt, ConnectRefusal> => {
      if (source.records.length === 0) return UNUSED_HOOK;
      const hook = new tapable.SyncBailHook<[ConnectAttempt], ConnectRefusal | undefined>(["attempt"]);
      for (const tap of orderTaps(source.records, plugins)) hook.tap(tap.plugin, containConnect(tap, report));
      return hook;
    };
    return {
      beforeSend: new MessageHook("beforeSend", orderTaps(taps.beforeSend.records, plugins), report, now),
      onFrame: new MessageHook("onFrame", orderTaps(taps.onFrame.records, plugins), report, now),
      onAuth: authenticate(taps.onAuth),
      onError: observe("onError", taps.onError),
      beforeConnect: guardDials(taps.beforeConnect),
      onSettled: observe("onSettled", taps.onSettled),
      onLinkState: observe("onLinkState", taps.onLinkState),
      onGatewaySignal: observe("onGatewaySignal", taps.onGatewaySignal),
      onStart: lifecycle(taps.onStart),
      onDrain: lifecycle(taps.onDrain),
      onStop: lifecycle(taps.onStop),
      places: this.#places(plugins),
    };
  }

  #places(plugins: ReadonlySet<string>): readonly { hook: string; stage: string; plugin: string }[] {
    return Object.entries(this.#taps).flatMap(([hook, taps]) => {
      const records: readonly { plugin: string; stage: Stage; before: readonly string[]; after: readonly string[] }[] =
        taps.records;
      return orderTaps(records, plugins).map(({ stage, plugin }) => ({ hook, stage, plugin }));
    });
  }
}

/** The calling side of the hooks of one generation. */
export interface SealedHooks {
  readonly beforeSend: MessageHook<Outbound>;
  readonly onFrame: MessageHook<Inbound>;
  readonly onAuth: SeriesHook<CredentialDraft>;
  readonly onError: WatchHook<Failure>;
  readonly beforeConnect: BailHook<ConnectAttempt, ConnectRefusal>;
  readonly onSettled: WatchHook<Settled>;
  readonly onLinkState: WatchHook<LinkChange>;
  readonly onGatewaySignal: WatchHook<SignalFrom>;
  readonly onStart: readonly TapRecord<void, void | Promise<void>>[];
  readonly onDrain: readonly TapRecord<void, void | Promise<void>>[];
  readonly onStop: readonly TapRecord<void, void | Promise<void>>[];
  readonly places: readonly { readonly hook: string; readonly stage: string; readonly plugin: string }[];
}
