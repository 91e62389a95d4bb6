import { PassThrough } from "node:stream";

import { expect, test } from "vitest";

import { readGatewayOptions } from "./read-gateway-options.ts";
import type { CommandOptions } from "./read-gateway-options.ts";

const defaults: CommandOptions = {
  port: "0",
  host: "127.0.0.1",
  path: "/mcp",
  messageAuth: "when-present",
  wire: "envelope",
  maxMessageBytes: "1000",
};

function read(options: Partial<CommandOptions>, environment: NodeJS.ProcessEnv = {}) {
  return readGatewayOptions(["server"], { ...defaults, ...options }, environment, new PassThrough());
}

test("a token from the environment is used and kept from the server", () => {
  const environment = { GATEWAY_TOKEN: "secret-token", PATH: "/bin" };
  expect(read({ tokenEnv: "GATEWAY_TOKEN" }, environment)).toMatchObject({
    options: { token: "secret-token", env: { PATH: "/bin" }, command: ["server"], port: 0 },
  });
  expect(JSON.stringify(read({ tokenEnv: "GATEWAY_TOKEN" }, environment))).not.toContain('"GATEWAY_TOKEN"');
});

test.each<[string, Partial<CommandOptions>, RegExp]>([
  ["a port that is no number", { port: "http" }, /--port must be 0 to 65535, not http/],
  ["a port that is too high", { port: "65536" }, /--port/],
  ["a limit of nothing", { maxMessageBytes: "0" }, /--max-message-bytes/],
  ["a relative path", { path: "mcp" }, /--path must begin with \//],
  ["two tokens", { token: "a", tokenEnv: "B" }, /one of --token and --token-env/],
  ["an empty token", { token: "" }, /--token is empty/],
  [
    "an unknown fault",
    { fault: ["restart", "restrat"] },
    /--fault restrat: there is no fault restrat; there are restart,/,
  ],
  ["a seed that is no number", { seed: "seven" }, /--seed must be a whole number, not seven/],
  ["a variable that is not set", { tokenEnv: "MISSING" }, /MISSING, which is not set/],
])("%s is refused by name", (_name, options, problem) => {
  expect(read(options)).toEqual({ problem: expect.stringMatching(problem) });
});

test("faults are read in order, and their seed", () => {
  const options = read({
    fault: ["restart:every=30s,down=2s", "twice:chance=0.05"],
    seed: "7",
    requireInitialized: true,
  });
  expect(options).toMatchObject({
    options: {
      faults: [
        { fault: "restart", everyMs: 30_000, downMs: 2000 },
        { fault: "twice", chance: 0.05 },
      ],
      seed: 7,
      requireInitialized: true,
    },
  });
});

test("a variable that is empty is not the same as no token", () => {
  expect(read({ tokenEnv: "EMPTY" }, { EMPTY: "" })).toHaveProperty("problem");
});
