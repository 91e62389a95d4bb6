/** Lets everything that is due without any passing of time happen: promises, `nextTick`, stream events. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
