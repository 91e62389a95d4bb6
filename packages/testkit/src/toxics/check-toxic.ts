/** The least that an attribute may be; where nothing stands, 0. */
const LEAST: { readonly [attribute: string]: number } = { rate: Number.MIN_VALUE, average_size: 1 };

/** Longer waits fire at once. */
const MOST = 2_147_483_647;

/** @throws TypeError when an attribute is not a number that makes sense. */
export function checkToxic(type: string, attributes: object): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "type" || name === "stream" || value === undefined) continue;
    const least = LEAST[name] ?? 0;
    const most = name === "toxicity" ? 1 : MOST;
    if (typeof value !== "number" || !(value >= least && value <= most)) {
      throw new TypeError(`Expected ${name} of ${type} to be a number from ${least} to ${most}, received ${value}`);
    }
  }
}
