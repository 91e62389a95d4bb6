import { launchOf } from "../launch.ts";
import type { Target } from "../target.ts";

/** The client starts the server itself: what every other target is compared with. */
export const directTarget: Target = {
  name: "direct",
  open: async (server) => ({ launch: launchOf(server), close: async () => {} }),
};
