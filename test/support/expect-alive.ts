import { expect } from "vitest";

import type { ParanoidClient } from "./paranoid-client.ts";

let rounds = 0;

/** Shows that the session serves, and that it has dealt with everything written before. */
export async function expectAlive(client: ParanoidClient): Promise<void> {
  const nonce = `alive-${++rounds}`;
  expect((await client.request("test/echo", { nonce })).result).toEqual({ method: "test/echo", nonce });
}
