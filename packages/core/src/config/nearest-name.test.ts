import { describe, expect, it } from "vitest";
import { nearestName } from "./nearest-name.ts";

describe("nearestName", () => {
  it.each([
    ["timout_ms", "timeout_ms"],
    ["keepalive_interval_sm", "keepalive_interval_ms"],
    ["URL", "url"],
    ["ulr", "url"],
  ])("takes %s for %s", (written, meant) => {
    expect(nearestName(written, ["url", "timeout_ms", "keepalive_interval_ms"])).toBe(meant);
  });

  it("does not guess when nothing is close", () => {
    expect(nearestName("banana", ["url", "timeout_ms"])).toBeUndefined();
  });

  it("takes the closest of several", () => {
    expect(nearestName("max_delay", ["min_delay_ms", "max_delay_ms"])).toBe("max_delay_ms");
  });
});
