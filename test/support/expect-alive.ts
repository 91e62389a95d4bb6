import { expect } from "vitest";

import type { ParanoidClient } from "./paranoid-client.ts";

let rounds = 0;

/** Shows that the session serves, and that it has dealt with everything written before. */
export async function expectAlive(client: ParanoidClient): Promise<void> {
  const nonce = `alive-${++rounds}`;
  expect((await client.request("test/echo", { nonce })).result).toEqual({ method: "test/echo", nonce });
}

/** Asks until there is an answer; whoever asked before that was told that nothing was sent. */
export async function expectRecovery(client: ParanoidClient): Promise<void> {
  for (;;) {
    const { result, error } = await client.request("test/echo");
    if (result !== undefined) return;
    expect(error?.data["outcome"]).toBe("not_sent");
  }
}
