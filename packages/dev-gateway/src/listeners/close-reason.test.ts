import { expect, test } from "vitest";

import { closeReason } from "./close-reason.ts";

test("a reason fits into a close frame and keeps whole characters", () => {
  expect(closeReason("short")).toBe("short");
  expect(closeReason("x".repeat(200))).toBe("x".repeat(123));
  expect(closeReason("é".repeat(100))).toBe("é".repeat(61));
});
