import { describe, expect, it } from "vitest";
import { fragments } from "./fragments.ts";

describe("fragments", () => {
  it("keeps a message whole without a limit, and when it just fits", () => {
    const bytes = Buffer.from("12345");
    expect(fragments(bytes, 0)).toEqual([bytes]);
    expect(fragments(bytes, 5)).toEqual([bytes]);
  });

  it("cuts at every limit, and the last piece may be shorter", () => {
    expect(fragments(Buffer.from("12345"), 2).map(String)).toEqual(["12", "34", "5"]);
    expect(fragments(Buffer.from("1234"), 2).map(String)).toEqual(["12", "34"]);
  });

  it("keeps an empty message", () => {
    expect(fragments(Buffer.alloc(0), 2)).toHaveLength(1);
  });
});
