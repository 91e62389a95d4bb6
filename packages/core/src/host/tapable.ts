import { createRequire } from "node:module";
import type * as Tapable from "tapable";

const require = createRequire(import.meta.url);

/**
 * The kinds of hook that are used of tapable, each loaded when the first one is made: most runs have no taps, and with them
 * no hooks. An ES import of the package would load all of its kinds.
 */
export const tapable = {
  get AsyncSeriesHook(): typeof Tapable.AsyncSeriesHook {
    return require("tapable/lib/AsyncSeriesHook.js");
  },
  get SyncBailHook(): typeof Tapable.SyncBailHook {
    return require("tapable/lib/SyncBailHook.js");
  },
  get SyncHook(): typeof Tapable.SyncHook {
    return require("tapable/lib/SyncHook.js");
  },
};
