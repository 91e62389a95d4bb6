import type { Counter, Gauge, Labels, MetricsScope } from "../plugin/metrics.ts";

export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly kind: "counter" | "gauge";
  /** Values by their labels, written as `name="value",…`; the empty string has none. */
  readonly values: ReadonlyMap<string, number>;
}

/** Label values are chosen by peers; beyond this many per metric, new ones are counted under `other`. */
const MAX_SERIES = 200;

/** Where core and plugins count; read by whoever exports metrics. */
export class MetricsRegistry {
  readonly #families = new Map<string, { help: string; kind: "counter" | "gauge"; values: Map<string, number> }>();
  readonly #observed = new Map<string, { help: string; read: () => number }>();

  scope(prefix: string): MetricsScope {
    return {
      counter: (name, help) => this.#counter(`${prefix}_${name}`, help),
      gauge: (name, help) => this.#gauge(`${prefix}_${name}`, help),
      observe: (name, help, read) => {
        this.#observed.set(`${prefix}_${name}`, { help, read });
      },
    };
  }

  families(): readonly MetricFamily[] {
    const counted = [...this.#families].map(([name, family]) => ({ name, ...family }));
    const observed = [...this.#observed].map(([name, { help, read }]) => {
      const value = readSafely(read);
      return { name, help, kind: "gauge" as const, values: new Map(value === undefined ? [] : [["", value]]) };
    });
    return [...counted, ...observed];
  }

  /** Every series and its value, as `name` or `name{labels}`. */
  snapshot(): ReadonlyMap<string, number> {
    const values = new Map<string, number>();
    for (const family of this.families()) {
      for (const [labels, value] of family.values) {
        values.set(labels === "" ? family.name : `${family.name}{${labels}}`, value);
      }
    }
    return values;
  }

  #values(name: string, help: string, kind: "counter" | "gauge"): Map<string, number> {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = { help, kind, values: new Map() };
      this.#families.set(name, family);
    }
    return family.values;
  }

  #counter(name: string, help: string): Counter {
    const values = this.#values(name, help, "counter");
    return {
      add: (amount = 1, labels) => {
        const series = seriesOf(values, labels);
        values.set(series, (values.get(series) ?? 0) + amount);
      },
    };
  }

  #gauge(name: string, help: string): Gauge {
    const values = this.#values(name, help, "gauge");
    return { set: (value, labels) => void values.set(seriesOf(values, labels), value) };
  }
}

/** A gauge that cannot be read has no value; the others still have theirs. */
function readSafely(read: () => number): number | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function seriesOf(values: ReadonlyMap<string, number>, labels: Labels | undefined): string {
  if (labels === undefined) return "";
  const series = Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",");
  return values.has(series) || values.size < MAX_SERIES ? series : 'series="other"';
}
