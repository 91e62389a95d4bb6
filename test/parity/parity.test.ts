import { describe, it } from "vitest";

import { clients } from "./clients.ts";
import { comparable, saidAndReceived } from "./compare.ts";
import { differences } from "./differences.ts";
import type { Recording } from "./recording.ts";
import { runScenario } from "./run-scenario.ts";
import { directTarget } from "./targets/direct-target.ts";
import { isForEveryClient, targets } from "./targets.ts";

const PATIENCE_MS = 90_000;

// Concurrent: the scenario mostly waits for timers of the server.
describe.concurrent.each(clients)("$name", (client) => {
  // One run without the router is enough for all targets of this client.
  let directly: Promise<Recording> | undefined;
  const runDirectly = () => (directly ??= runScenario(client, directTarget));

  for (const target of client === clients[0] ? targets : targets.filter(isForEveryClient)) {
    it(
      `sees no difference between the server and the server behind the router (${target.name})`,
      async ({ expect }) => {
        const [direct, routed] = await Promise.all([runDirectly(), runScenario(client, target)]);

        expect(differences(comparable(direct), comparable(routed))).toEqual([]);
        const { said, received } = saidAndReceived(routed);
        expect(differences(said, received)).toEqual([]);
      },
      PATIENCE_MS,
    );
  }
});
