import { RouterError } from "@mcp-router/core/plugin";
import { describe, expect, it } from "vitest";

import { UsageError } from "../arguments/usage-error.ts";
import { explainError } from "./explain-error.ts";

describe("explainError", () => {
  it("tells message, causes that say something new, and hint", () => {
    const cause = new Error("reading failed", { cause: new Error("disk full") });
    const error = new RouterError("SOME_CODE", "it did not work: reading failed", { hint: "Buy a disk.", cause });
    expect(explainError(error, { withStack: false })).toEqual({
      text: "it did not work: reading failed\n  because: disk full\nBuy a disk.",
      exitCode: 78,
    });
  });

  it("tells usage errors, configuration errors and faults of its own apart by exit code", () => {
    expect(explainError(new UsageError("no"), { withStack: false }).exitCode).toBe(2);
    expect(explainError(new RouterError("X", "no"), { withStack: false }).exitCode).toBe(78);
    expect(explainError(new TypeError("no"), { withStack: false })).toMatchObject({
      text: expect.stringMatching(/^internal error: TypeError: no\n.*--log-level debug/),
      exitCode: 70,
    });
    expect(explainError("thrown text", { withStack: false }).exitCode).toBe(70);
  });

  it("prints a stack only when asked for", () => {
    const error = new Error("no");
    expect(explainError(error, { withStack: false }).text).not.toContain("    at ");
    expect(explainError(error, { withStack: true }).text).toContain("    at ");
  });
});
