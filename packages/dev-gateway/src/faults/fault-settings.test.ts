import { expect, test } from "vitest";

import { startGateway } from "../start-gateway.ts";
import { echo } from "../testing/echo.ts";
import { start } from "../testing/started-gateways.ts";
import { faultProblem } from "./fault-settings.ts";

test.each([
  [
    { fault: "restrat" },
    "there is no fault restrat; there are restart, forget, stall, serial, shuffle, wrong-connection, twice, drip",
  ],
  [{ fault: "twice", often: 1 }, "twice has no setting often; it has chance, afterMs"],
  [{ fault: "twice", chance: 2 }, "chance of twice must be a probability from 0 to 1, not 2"],
  [{ fault: "restart", everyMs: 0 }, "everyMs of restart must be a time from 1 ms to 24 days, not 0"],
  [{ fault: "stall", forMs: Number.NaN }, "forMs of stall must be a time of at most 24 days, not NaN"],
  [{ fault: "shuffle", window: 0 }, "window of shuffle must be a whole number from 1, not 0"],
  [{ fault: "restart", how: "loud" }, "how of restart must be crash or close, not loud"],
  [{ fault: "toString" }, /there is no fault toString/],
  [{ fault: "twice", toString: 1 }, /no setting toString/],
])("%j is explained", (options, problem) => {
  const found = faultProblem(options);
  if (typeof problem === "string") expect(found).toBe(problem);
  else expect(found).toMatch(problem);
});

test("a wrong fault is an error where it is given, before anything begins", async () => {
  await expect(startGateway({ session: echo, faults: [{ fault: "twice", chance: -1 }] })).rejects.toThrow(
    /chance of twice/,
  );
  await expect(startGateway({ session: echo, seed: 0.5 })).rejects.toThrow(/`seed` to be an integer/);
  const gateway = await start({ session: echo });
  expect(() => gateway.inject({ fault: "drip", bytes: 0 })).toThrow(TypeError);
  expect(() => gateway.stall({ forMs: -1 })).toThrow(/forMs of stall/);
  expect(() => gateway.forgetSessions({ code: 0.5 })).toThrow(/code of forget/);
  await expect(gateway.restart({ downMs: -1 })).rejects.toThrow(/downMs of restart/);
});

test("a gateway tells its seed", async () => {
  expect((await start({ session: echo, seed: 42 })).seed).toBe(42);
  expect((await start({ session: echo })).seed).toEqual(expect.any(Number));
});
