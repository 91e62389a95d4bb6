import { describe, expect, it } from "vitest";
import { escapeForPeople } from "./escape.ts";

describe("escapeForPeople", () => {
  it("keeps text of any language as it is", () => {
    expect(escapeForPeople("Zugriff verweigert: ключ 鍵 😀")).toBe("Zugriff verweigert: ключ 鍵 😀");
  });

  it.each([
    ["ESC", "\u001b"],
    ["NUL", "\u0000"],
    ["CR", "\r"],
    ["C1", "\u009b"],
    ["DEL", "\u007f"],
    ["right-to-left override", "\u202e"],
    ["isolate", "\u2066"],
    ["line separator", "\u2028"],
    ["byte order mark", "\ufeff"],
    ["half a character", "\ud800"],
  ])("escapes %s", (_name, character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    expect(escapeForPeople(`a${character}b`)).toBe(`a\\u${code}b`);
  });

  it("cuts what is longer than its limit", () => {
    expect(escapeForPeople("x".repeat(200), 200)).toHaveLength(200);
    expect(escapeForPeople("x".repeat(201), 200)).toBe(`${"x".repeat(200)}…`);
  });
});
