// The ledger of a run that may be endless: volumes that are closed and added up when nothing can happen in them any more.
import { Ledger } from "@mcp-router/testkit";

const REQUESTS_PER_VOLUME = 100_000;
/** At any rate this machine can serve this is minutes, and everything in flight is over in seconds. */
const OPEN_VOLUMES = 3;

/** What was sent, run and answered. Nonces are numbers that count up. */
export class Books {
  violations = [];
  #journal;
  #volumes = new Map();
  #total = {};
  #sent = 0;

  constructor(journal) {
    this.#journal = journal;
  }

  sent(nonce, acts) {
    this.#sent += 1;
    this.#volume(nonce).sent({ nonce, acts });
  }

  executed(nonce, connection, method) {
    this.#volume(nonce).executed({ nonce, connection, method });
  }

  answered(nonce, answer) {
    this.#volume(nonce).answered(nonce, answer);
  }

  cancelled(nonce) {
    this.#volume(nonce).cancelled(nonce);
  }

  /** Something that no ledger can see: a line that broke a rule, a router that died. */
  violate(sentence) {
    this.#journal.note("VIOLATION", sentence);
    this.violations.push(sentence);
  }

  /** How it stands, in short. */
  line() {
    return `${this.#sent} sent, ${this.violations.length} violations so far`;
  }

  /** Closes every volume and gives the sums. */
  close() {
    for (const number of this.#volumes.keys()) this.#add(number);
    return this.#total;
  }

  #volume(nonce) {
    const number = Math.floor(nonce / REQUESTS_PER_VOLUME);
    const known = this.#volumes.get(number);
    if (known !== undefined) return known;
    // Who comes to a volume that was closed long ago finds an empty one, in which nothing was ever sent: a violation.
    const volume = new Ledger();
    this.#volumes.set(number, volume);
    const newest = Math.max(...this.#volumes.keys());
    for (const each of this.#volumes.keys()) if (each <= newest - OPEN_VOLUMES && each !== number) this.#add(each);
    return volume;
  }

  #add(number) {
    const volume = this.#volumes.get(number);
    this.#volumes.delete(number);
    for (const [name, count] of Object.entries(volume.summary())) this.#total[name] = (this.#total[name] ?? 0) + count;
    for (const sentence of volume.violations()) this.violate(sentence);
  }
}
