import { describe, expect, it } from "vitest";
import { createEnvelopeIds } from "./envelope-id.ts";

describe("createEnvelopeIds", () => {
  it("never gives the same id twice", () => {
    const next = createEnvelopeIds();
    expect(new Set(Array.from({ length: 10_000 }, next)).size).toBe(10_000);
  });

  it("differs from run to run by its random part", () => {
    expect(createEnvelopeIds()()).not.toBe(createEnvelopeIds()());
    const fixed = () => createEnvelopeIds((size) => new Uint8Array(size))();
    expect(fixed()).toBe(fixed());
  });

  it("needs no escaping", () => {
    expect(createEnvelopeIds()()).toMatch(/^[\w-]+$/);
  });
});
