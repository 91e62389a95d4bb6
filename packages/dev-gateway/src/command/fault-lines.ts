import { FAULT_SETTINGS } from "../faults/fault-settings.ts";
import { shownSetting } from "./read-fault.ts";

/** Every fault with the names of its settings, a line each. */
export function faultLines(): string {
  return Object.entries(FAULT_SETTINGS)
    .map(([fault, settings]) => `  ${fault.padEnd(17)}${Object.keys(settings).map(shownSetting).join(", ")}`)
    .join("\n");
}
