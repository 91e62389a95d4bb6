import { format } from "node:util";

import type { FaultName, FaultOptions } from "./fault-options.ts";

/** What the value of a setting may be: a kind of number, or one of some words. */
export type SettingKind = "duration" | "period" | "chance" | "count" | "integer" | readonly string[];

/** Node fires timers with a longer delay at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Every fault and its settings. */
export const FAULT_SETTINGS: Readonly<Record<FaultName, Readonly<Record<string, SettingKind>>>> = {
  restart: {
    everyMs: "period",
    chance: "chance",
    downMs: "duration",
    how: ["crash", "close"],
    refuse: ["port", "503"],
  },
  forget: { everyMs: "period", chance: "chance", as: ["error", "close"], code: "integer" },
  stall: { everyMs: "period", chance: "chance", forMs: "duration", upgrades: ["serve", "hold"] },
  serial: { callMs: "duration" },
  shuffle: { chance: "chance", window: "count", holdMs: "duration" },
  "wrong-connection": { chance: "chance" },
  twice: { chance: "chance", afterMs: "duration" },
  drip: { chance: "chance", bytes: "count", gapMs: "duration" },
};

/** The settings of a fault by name; nothing when there is no such fault. */
export function settingsOf(fault: unknown): Readonly<Record<string, SettingKind>> | undefined {
  return Object.entries(FAULT_SETTINGS).find(([name]) => name === fault)?.[1];
}

/** Throws when something is wrong with the options of a fault. */
export function expectFault(options: FaultOptions): void {
  const problem = faultProblem(options);
  if (problem !== undefined) throw new TypeError(`Expected the options of a fault, but ${problem}`);
}

/** Whether something is the options of a fault, with nothing wrong in them. */
export function isFaultOptions(value: object): value is FaultOptions {
  return faultProblem(value) === undefined;
}

/** What is wrong with the options of a fault, in words; nothing when they are good. */
export function faultProblem(
  value: object,
  shown: (setting: string) => string = (setting) => setting,
): string | undefined {
  const { fault, ...given } = { fault: undefined, ...value };
  const settings = settingsOf(fault);
  if (settings === undefined) {
    return `there is no fault ${String(fault)}; there are ${Object.keys(FAULT_SETTINGS).join(", ")}`;
  }
  for (const [name, setting] of Object.entries(given)) {
    const kind = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (kind === undefined) {
      return `${String(fault)} has no setting ${name}; it has ${Object.keys(settings).map(shown).join(", ")}`;
    }
    if (setting !== undefined && !fits(setting, kind)) {
      return `${shown(name)} of ${String(fault)} must be ${describe(kind)}, not ${format("%s", setting)}`;
    }
  }
  return undefined;
}

function fits(value: unknown, kind: SettingKind): boolean {
  if (typeof kind !== "string") return kind.some((word) => word === value);
  if (typeof value !== "number") return false;
  if (kind === "chance") return value >= 0 && value <= 1;
  if (kind === "integer") return Number.isSafeInteger(value);
  if (kind === "count") return Number.isSafeInteger(value) && value > 0;
  return value >= (kind === "period" ? 1 : 0) && value <= LONGEST_TIMER_MS;
}

function describe(kind: SettingKind): string {
  if (typeof kind !== "string") return kind.join(" or ");
  return {
    chance: "a probability from 0 to 1",
    count: "a whole number from 1",
    integer: "a whole number",
    duration: "a time of at most 24 days",
    period: "a time from 1 ms to 24 days",
  }[kind];
}
