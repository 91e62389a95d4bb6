export type Labels = { readonly [name: string]: string };

export interface Counter {
  /** Adds `amount` (default 1). */
  add(amount?: number, labels?: Labels): void;
}

export interface Gauge {
  set(value: number, labels?: Labels): void;
}

/** Where a part counts what it does. Names are prefixed with the owner's name. */
export interface MetricsScope {
  counter(name: string, help: string): Counter;
  gauge(name: string, help: string): Gauge;
  /** A gauge read when somebody looks. */
  observe(name: string, help: string, read: () => number): void;
}
