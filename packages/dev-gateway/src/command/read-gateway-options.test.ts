import { PassThrough } from "node:stream";

import { expect, test } from "vitest";

import { identity, identityFile } from "../testing/test-identity.ts";
import { readGatewayOptions } from "./read-gateway-options.ts";
import type { CommandOptions } from "./read-gateway-options.ts";

const defaults: CommandOptions = {
  port: "0",
  host: "127.0.0.1",
  path: "/mcp",
  transport: "ws",
  gatewayVersion: "2",
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
  ["a health port that is no number", { healthPort: "x" }, /--health-port must be 0 to 65535, not x/],
  ["a certificate without its key", { tlsCert: "cert.pem" }, /--tls-cert and --tls-key together/],
  [
    "a certificate that is not there",
    { tlsCert: "/no/file", tlsKey: "/no/file" },
    /--tls-cert: \/no\/file cannot be read/,
  ],
  ["client certificates without TLS", { tlsClientCa: identityFile }, /--tls-client-ca needs --tls-cert/],
  [
    "an authority that is not there",
    { tlsCert: identityFile, tlsKey: identityFile, tlsClientCa: "/no/file" },
    /--tls-client-ca: \/no\/file cannot be read/,
  ],
  ["a key that is not there", { tlsCert: identityFile, tlsKey: "/no/file" }, /--tls-key: \/no\/file cannot be read/],
  ["what cannot go together", { transport: "tcp", gatewayVersion: "1" }, /gateway version 1 speaks WebSocket only/],
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

test("transport, framing, version and TLS are read", () => {
  const tcp = {
    transport: "tcp",
    framing: "mcpb",
    healthPort: "0",
    tlsCert: identityFile,
    tlsKey: identityFile,
  } as const;
  expect(read(tcp)).toMatchObject({
    options: { transport: "tcp", framing: "mcpb", version: "2", announceVersion: true, healthPort: 0, tls: identity },
  });
  expect(read({ gatewayVersion: "1", onAuthToken: "close", hideVersion: true, messageAuth: "off" })).toMatchObject({
    options: { transport: "ws", version: "1", onAuthToken: "close", announceVersion: false, messageAuth: "off" },
  });
});

test("a variable that is empty is not the same as no token", () => {
  expect(read({ tokenEnv: "EMPTY" }, { EMPTY: "" })).toHaveProperty("problem");
});
