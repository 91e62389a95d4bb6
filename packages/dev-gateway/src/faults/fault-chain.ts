import type { Fault, FaultySession, Incoming, Outgoing, Pass } from "./fault.ts";

interface Entry {
  readonly fault: Fault;
  readonly place: number;
}

type Way<Message> = (message: Message, pass: Pass<Message>) => void;

/** Leads messages past all faults, one after the other, in both directions. */
export class FaultChain {
  #entries: readonly Entry[] = [];
  // Replaced, never changed: a message that is held back goes on along the way it began.
  #incoming: readonly Way<Incoming>[] = [];
  #outgoing: readonly Way<Outgoing>[] = [];

  /** Puts a fault on its place, after those that are there already; the returned function takes it out and ends it. */
  add(fault: Fault, place: number): () => void {
    const entry = { fault, place };
    this.#replace([...this.#entries, entry].sort((left, right) => left.place - right.place));
    return () => {
      if (!this.#entries.includes(entry)) return;
      this.#replace(this.#entries.filter((each) => each !== entry));
      fault.stop?.();
    };
  }

  incoming(message: Incoming, last: Pass<Incoming>): void {
    lead(this.#incoming, message, last);
  }

  outgoing(message: Outgoing, last: Pass<Outgoing>): void {
    lead(this.#outgoing, message, last);
  }

  reset(session: FaultySession): void {
    for (const { fault } of this.#entries) fault.reset?.(session);
  }

  /** Ends all faults. */
  stop(): void {
    const entries = this.#entries;
    this.#replace([]);
    for (const { fault } of entries) fault.stop?.();
  }

  #replace(entries: readonly Entry[]): void {
    this.#entries = entries;
    this.#incoming = entries.flatMap(({ fault }) => fault.incoming?.bind(fault) ?? []);
    this.#outgoing = entries.flatMap(({ fault }) => fault.outgoing?.bind(fault) ?? []);
  }
}

function lead<Message>(ways: readonly Way<Message>[], message: Message, last: Pass<Message>, from = 0): void {
  const way = ways[from];
  if (way === undefined) last(message);
  else way(message, (next) => lead(ways, next, last, from + 1));
}
