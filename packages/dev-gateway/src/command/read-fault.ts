import { faultProblem, isFaultOptions, settingsOf } from "../faults/fault-settings.ts";
import type { SettingKind } from "../faults/fault-settings.ts";
import type { FaultOptions } from "../faults/fault-options.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** Reads `restart:every=30s,down=2s`, or says what is wrong with it. */
export function readFault(text: string): FaultOptions | { readonly problem: string } {
  const [fault = "", ...rest] = text.split(":");
  const settings = settingsOf(fault) ?? {};
  const options: Record<string, unknown> = { fault };
  for (const part of rest.join(":").split(",")) {
    if (part === "" && rest.length === 0) continue;
    const [word = "", value, ...more] = part.split("=");
    if (value === undefined || more.length > 0) return { problem: `${part} is not of the form setting=value` };
    const name = Object.keys(settings).find((each) => shownSetting(each) === word) ?? word;
    if (Object.hasOwn(options, name)) return { problem: `${word} is given twice` };
    options[name] = readValue(value, Object.hasOwn(settings, name) ? settings[name] : undefined);
  }
  return isFaultOptions(options) ? options : { problem: faultProblem(options, shownSetting) ?? text };
}

/** Times say their unit in the value and not in the name. */
export function shownSetting(setting: string): string {
  return setting.replace(/Ms$/, "");
}

/** A value that cannot be read stays text, which is never right where a number is due. */
function readValue(text: string, kind: SettingKind | undefined): unknown {
  if (kind === undefined || typeof kind !== "string") return text;
  const [, number, unit] = /^(-?\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  if (number === undefined) return text;
  if (unit === undefined) return Number(number);
  return kind === "duration" || kind === "period" ? Number(number) * (UNITS[unit] ?? 1) : text;
}
