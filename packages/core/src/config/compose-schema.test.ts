import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { manifestOf } from "../host/read-manifest.ts";
import { authSlot, definePlugin } from "../plugin/define-plugin.ts";
import { composeRootSchema } from "./compose-schema.ts";

const auth = (name: string, key: string) =>
  authSlot({
    schema: {
      type: "object",
      additionalProperties: false,
      properties: { type: { const: name }, [key]: { type: "string" } },
    },
  });
const plugin = definePlugin({
  name: "example",
  apiVersion: "^1.0",
  sections: {
    metrics: { type: "object", properties: { port: { type: "integer" } } },
    "a.b.c": { type: "object" },
    "local.limit": { type: "object" },
  },
  contributes: { auth: { one: auth("one", "first"), two: auth("two", "second") } },
});
const root = composeRootSchema([{ plugin: manifestOf(plugin) }]);
// What an editor does: no defaults filled in, unknown formats and all.
const validate = new Ajv({ strict: false }).compile(root);

describe("composeRootSchema", () => {
  it("is a schema of draft 7 with an id", () => {
    expect(root.$schema).toBe("http://json-schema.org/draft-07/schema#");
    expect(root.$id).toBe("urn:mcp-router:config:1");
  });

  it.each([
    {
      gateway: { url: "wss://x", auth: { type: "one", first: "x" } },
      metrics: { port: 1 },
      plugins: ["a", { use: "b" }],
    },
    {
      gateway: { endpoints: [{ url: "x", auth: { type: "two", second: "y" } }] },
      local: { limit: {}, drain_timeout_ms: 1 },
    },
    { a: { b: { c: {} } } },
  ])("accepts what plugins and core describe: %j", (value) => {
    expect(validate(value)).toBe(true);
  });

  it.each([
    { gateway: { auth: { type: "three" } } },
    { gateway: { auth: { type: "one", second: "of the other type" } } },
    { gateway: { auth: { first: "type missing" } } },
    { gateway: { endpoints: [{ url: "x", auth: { type: "three" } }] } },
    { metrics: { port: "x" } },
    { a: { unknown: {} } },
    { plugins: [5] },
    { nonsense: {} },
  ])("refuses the rest: %j", (value) => {
    expect(validate(value)).toBe(false);
  });
});
