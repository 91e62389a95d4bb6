import { expect, it } from "vitest";

import { normalise } from "./normalise.ts";

it("names what is specific to a run", () => {
  const blob = Buffer.from("Resource 2: This is a base64 blob created at 5:37:49 AM").toString("base64");
  expect(
    normalise({
      text: "Resource 1: This is a plaintext resource created at 17:05:01",
      blob,
      task: { taskId: "383f59d15f94456f0c80a6868e3d8bbd", createdAt: "2026-11-23T05:38:23.454Z" },
      log: { level: "alert", data: "Alert level-message" },
    }),
  ).toEqual({
    text: "Resource 1: This is a plaintext resource created at <time>",
    blob: "base64 of Resource 2: This is a base64 blob created at <time>",
    task: { taskId: "<random id>", createdAt: "<time>" },
    log: { level: "<random>", data: "<random>" },
  });
});

it("leaves everything else as it is", () => {
  const value = { blob: "H4sIAAAA", id: 7, level: "info", data: "Roots updated", nested: [null, true, "12:30:00"] };
  expect(normalise(value)).toEqual(value);
});
