import type { ConfigContributions } from "./contributions.ts";
import { notBuilt } from "./contributions.ts";
import type { CheckedCore } from "./core-schema.ts";
import { howToAdd, STANDARD_FRAMINGS } from "./first-party.ts";
import type { IssueDraft } from "./issue-draft.ts";
import { nearestName } from "./nearest-name.ts";

const PATH = ["gateway", "framing"];

/** Checks that some plugin knows the frames that `gateway.framing` asks for. */
export function checkFraming(core: CheckedCore, { framings }: ConfigContributions): readonly IssueDraft[] {
  const { framing } = core.gateway;
  if (framing === undefined) return [];
  const slot = framings.get(framing);
  if (slot?.hasCreate === true) return [];
  if (slot !== undefined) {
    const message = `${notBuilt(`gateway.framing: ${framing}`, slot.owner)}; use another framing`;
    return [{ code: "PLUGIN_NOT_BUILT", path: PATH, message }];
  }
  const standard = STANDARD_FRAMINGS.get(framing);
  if (standard !== undefined) {
    const message = `gateway.framing: ${framing} needs the plugin ${standard.packageName}, which is not loaded; ${howToAdd(standard)}`;
    return [{ code: "PLUGIN_NOT_LOADED", path: PATH, message }];
  }
  const known = [...framings.keys()];
  const suggestion = nearestName(framing, [...known, ...STANDARD_FRAMINGS.keys()]);
  const choice = known.length === 0 ? "no plugin with framings is loaded" : `expected ${known.join(", ")}`;
  const advice = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
  const message = `gateway.framing names the layout ${JSON.stringify(framing)}, which no plugin knows; ${choice}${advice}`;
  return [{ code: "WRONG_VALUE", path: PATH, message, expected: known.join(", "), suggestion }];
}
