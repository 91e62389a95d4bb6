import { describe, expect, expectTypeOf, it } from "vitest";
import { authSlot, definePlugin } from "./define-plugin.ts";

describe("definePlugin", () => {
  it("types the options of a plugin with one section by that section's schema", () => {
    definePlugin({
      name: "one-section",
      apiVersion: "^1.0",
      sections: {
        "local.example": {
          type: "object",
          properties: { burst: { type: "integer", default: 1 }, mode: { enum: ["a", "b"] } },
        },
      },
      apply(_host, options) {
        expectTypeOf(options.burst).toEqualTypeOf<number>();
        expectTypeOf(options.mode).toEqualTypeOf<"a" | "b" | undefined>();
      },
    });
  });

  it("types the options of a plugin without sections by its option schema", () => {
    definePlugin({
      name: "with-options",
      apiVersion: "^1.0",
      options: { type: "object", properties: { file: { type: "string" } }, required: ["file"] },
      apply(_host, options) {
        expectTypeOf(options.file).toEqualTypeOf<string>();
      },
    });
  });

  it("types the options of an auth slot by its schema", () => {
    authSlot({
      schema: { type: "object", properties: { token_env: { type: "string" } } },
      create(options) {
        expectTypeOf(options.token_env).toEqualTypeOf<string | undefined>();
        return { authenticate: () => {} };
      },
    });
  });

  it("gives a frozen object", () => {
    expect(Object.isFrozen(definePlugin({ name: "frozen", apiVersion: "^1.0" }))).toBe(true);
  });
});
