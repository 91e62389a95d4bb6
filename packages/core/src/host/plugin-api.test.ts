import satisfies from "semver/functions/satisfies.js";
import { expect, it } from "vitest";
import { PLUGIN_API_VERSION } from "../plugin/brand.ts";
import { satisfiesApi } from "./plugin-api.ts";

it.each(["^1", "^1.0", "^1.0.0", "^1.0.1", "^1.1", "^0.9", "^2.0", "^0.0.1", ">=1 <2", "1.x", "*", "~1.0", "2"])(
  "agrees with semver on %s",
  async (range) => {
    expect(await satisfiesApi(range)).toBe(satisfies(PLUGIN_API_VERSION, range));
  },
);
