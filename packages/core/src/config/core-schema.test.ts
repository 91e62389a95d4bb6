import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../plugin/json-schema.ts";
import { compileSchema } from "./compile-validators.ts";
import { coreSchema } from "./core-schema.ts";
import { valueAt } from "./json-object.ts";
import { formatKey } from "./key-path.ts";
import type { KeyPath } from "./key-path.ts";
import { DEFAULT_PRESETS } from "./lists-of.ts";
import { LONGEST_TIMER_MS } from "./schema/milliseconds.ts";
import { CORE_SECRETS } from "./secret-values.ts";

interface Leaf {
  readonly path: KeyPath;
  readonly schema: JsonSchema;
}

function leavesOf(schema: JsonSchema, path: KeyPath): readonly Leaf[] {
  const members = Object.entries(schema.properties ?? {});
  return members.length === 0
    ? [{ path, schema }]
    : members.flatMap(([name, member]) => leavesOf(member, [...path, name]));
}

const validate = await compileSchema(coreSchema);
const leaves = leavesOf(coreSchema, []);

describe("coreSchema", () => {
  it("describes every key", () => {
    expect(leaves.filter(({ schema }) => schema.description === undefined).map(({ path }) => formatKey(path))).toEqual(
      [],
    );
  });

  it("keeps every duration within what a timer can hold", () => {
    const durations = leaves.filter(({ path }) => path.at(-1)?.endsWith("_ms"));
    expect(durations.length).toBeGreaterThan(8);
    for (const { path, schema } of durations)
      expect([formatKey(path), schema.maximum]).toEqual([formatKey(path), LONGEST_TIMER_MS]);
  });

  it("has the secrets that the code knows without the schema", () => {
    const secret = leaves.filter(({ schema }) => schema.writeOnly === true).map(({ path }) => path);
    expect(secret).toEqual(CORE_SECRETS);
  });

  it("has the presets that apply before the schema is at hand", () => {
    expect(coreSchema.properties.presets.default).toEqual(DEFAULT_PRESETS);
  });

  it.each([
    ["version", 1],
    ["gateway.version", "auto"],
    ["gateway.namespace.default", "default"],
    ["gateway.connection.timeout_ms", 5_000],
    ["gateway.connection.keepalive_interval_ms", 15_000],
    ["gateway.connection.pool_size", 1],
    ["gateway.connection.max_idle_per_host", 1],
    ["gateway.connection.max_lifetime_ms", 0],
    ["gateway.connection.max_frame_bytes", 0],
    ["gateway.connection.max_message_bytes", 64 * 1024 * 1024],
    ["gateway.reconnect.initial_delay_ms", 1_000],
    ["gateway.reconnect.max_delay_ms", 30_000],
    ["gateway.reconnect.multiplier", 2],
    ["gateway.reconnect.jitter", 1],
    ["gateway.tls.verify", true],
    ["gateway.tls.min_version", "1.2"],
    ["gateway.tls.allow_plaintext", false],
    ["local.request_timeout_ms", 60_000],
    ["local.call_timeout_ms", 0],
    ["local.call_idle_timeout_ms", 1_800_000],
    ["local.initialize_hold_ms", 20_000],
    ["local.drain_timeout_ms", 5_000],
    ["local.max_concurrent_requests", 10_000],
    ["local.max_queued_requests", 256],
    ["local.max_queued_bytes", 8 * 1024 * 1024],
    ["retry.safe_tools", []],
    ["retry.trust_annotations", false],
    ["retry.budget", 10],
    ["presets", ["claude"]],
    ["plugins", []],
  ])("fills in %s", (key, expected) => {
    const value = {};
    expect(validate(value)).toBe(true);
    expect(valueAt(value, key.split("."))).toEqual(expected);
  });
});
