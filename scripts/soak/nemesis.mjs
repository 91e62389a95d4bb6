// What goes wrong, at random: the gateway's own faults, and those of the network between it and the router.
import { setTimeout as wait } from "node:timers/promises";

/** What there is, in the order of the command line. */
export const DEEDS = ["restart", "cut", "stall", "drip", "shuffle", "twice", "latency", "forget", "forget-error"];
/** It is what routers are for, so it comes more often. */
const MORE_CUTS = 2;

export class Nemesis {
  /** How often what was done. */
  counts = {};
  #gateway;
  #proxy;
  #dice;
  #deeds;
  #transport;
  #journal;
  #stopping = new AbortController();
  #running;
  /** What has been begun and ends by itself later. */
  #ends = new Set();

  constructor(gateway, proxy, dice, { faults, transport }, journal) {
    this.#gateway = gateway;
    this.#proxy = proxy;
    this.#dice = dice;
    this.#transport = transport;
    this.#deeds = faults.flatMap((deed) => Array.from({ length: deed === "cut" ? 1 + MORE_CUTS : 1 }, () => deed));
    this.#journal = journal;
  }

  start() {
    this.#running = this.#run();
  }

  /** From now on everything works. */
  async stop() {
    this.#stopping.abort();
    await this.#running;
    for (const end of this.#ends) end();
    this.#gateway.release();
  }

  async #run() {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await wait(this.#dice.integer(50, 1500), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const deed = this.#dice.pick(this.#deeds);
      this.counts[deed] = (this.counts[deed] ?? 0) + 1;
      this.#journal.note("nemesis", deed);
      await this[deed]();
    }
  }

  async restart() {
    const dice = this.#dice;
    const restart = {
      how: dice.pick(["crash", "close"]),
      refuse: dice.pick(["port", "503"]),
      downMs: dice.integer(0, 1000),
    };
    await this.#gateway.restart(restart);
  }

  cut() {
    const how = this.#dice.pick(["reset", "end"]);
    if (this.#dice.chance(0.25)) this.#proxy.cutAll(how);
    else this.#cutAtFrame(how);
  }

  stall() {
    // Some are shorter than the router's patience (two seconds), some are longer.
    this.#gateway.stall({ forMs: this.#dice.integer(100, 3500), upgrades: this.#dice.pick(["serve", "hold"]) });
  }

  drip() {
    const { chance, bytes, gapMs } = {
      chance: 0.2,
      bytes: this.#dice.integer(1, 100),
      gapMs: this.#dice.integer(1, 5),
    };
    this.#for(this.#gateway.inject({ fault: "drip", chance, bytes, gapMs }));
  }

  shuffle() {
    this.#for(this.#gateway.inject({ fault: "shuffle", window: this.#dice.integer(2, 40) }));
  }

  twice() {
    this.#for(this.#gateway.inject({ fault: "twice", chance: 0.3, afterMs: this.#dice.pick([0, 20]) }));
  }

  latency() {
    const stream = this.#dice.pick(["upstream", "downstream"]);
    const toxic = this.#proxy.addToxic({ type: "latency", stream, latency: this.#dice.integer(5, 100), jitter: 5 });
    this.#for(() => toxic.remove());
  }

  forget() {
    this.#gateway.forgetSessions({ as: "close" });
  }

  "forget-error"() {
    this.#gateway.forgetSessions({ as: "error" });
  }

  /** Cuts the connection on which the next message passes, before, inside or after it. */
  #cutAtFrame(how) {
    const fault = this.#proxy.onFrame({
      stream: this.#dice.pick(["upstream", "downstream"]),
      matches: (frame) => this.#transport.isMessage(frame),
      do: this.#dice.pick(["cut_before", "cut_inside", "cut_after"]),
      how,
    });
    this.#endAfter(1000, () => fault.remove());
  }

  #for(end) {
    this.#endAfter(this.#dice.integer(300, 2000), end);
  }

  #endAfter(milliseconds, end) {
    const timer = setTimeout(() => finish(), milliseconds);
    const finish = () => {
      clearTimeout(timer);
      this.#ends.delete(finish);
      end();
    };
    this.#ends.add(finish);
  }
}
