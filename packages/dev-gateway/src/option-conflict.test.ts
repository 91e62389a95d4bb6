import { expect, test } from "vitest";

import type { GatewayOptions } from "./gateway-options.ts";
import { optionConflict } from "./option-conflict.ts";
import { startGateway } from "./start-gateway.ts";
import { echo } from "./testing/echo.ts";

test.each<[string, GatewayOptions, RegExp]>([
  ["version 1 over tcp", { transport: "tcp", version: "1" }, /version 1 speaks WebSocket only: take version 2/],
  ["a token over tcp without envelopes", { transport: "tcp", wire: "json-rpc", token: "x" }, /no place for a token/],
  ["several of them", { transport: "tcp", wire: "json-rpc", tokens: ["x", "y"] }, /no place for a token/],
  ["a hook for upgrades over tcp", { transport: "tcp", onUpgrade: () => undefined }, /there is no upgrade/],
  ["a framing of WebSocket", { framing: "guide" }, /a framing is for transport tcp/],
  ["a health port of its own for WebSocket", { healthPort: 0 }, /ws answers \/health on its own port/],
  ["a deed on auth_token for version 2", { onAuthToken: "close" }, /is for gateway version 1/],
  ["the same over tcp", { transport: "tcp", onAuthToken: "close" }, /is for gateway version 1/],
])("%s is refused", async (_name, options, conflict) => {
  expect(optionConflict(options)).toMatch(conflict);
  await expect(startGateway({ ...options, session: echo })).rejects.toThrow(conflict);
});

test.each<[string, GatewayOptions]>([
  ["nothing", {}],
  ["version 1", { version: "1", onAuthToken: "close", token: "x" }],
  ["tcp in any framing", { transport: "tcp", framing: "lines", token: "x", healthPort: 0 }],
  ["bare messages over tcp", { transport: "tcp", wire: "json-rpc", framing: "mcpb", tokens: [] }],
])("%s can be had", (_name, options) => {
  expect(optionConflict(options)).toBeUndefined();
});
