import { expect, test } from "vitest";

import { authority, identityFile, identity } from "../testing/test-identity.ts";
import { healthLine, openDoorWarning, seedLine, startLine } from "./start-lines.ts";

const defaults = {
  port: "0",
  host: "127.0.0.1",
  path: "/mcp",
  transport: "ws",
  gatewayVersion: "2",
  wire: "envelope",
  maxMessageBytes: "1000",
} as const;

test("the start line says where the gateway is, what it serves, and how to connect", () => {
  expect(startLine("ws://127.0.0.1:1/mcp", ["node", "server.js"], { ...defaults, tokenEnv: "TOKEN" })).toBe(
    "dev gateway: ws://127.0.0.1:1/mcp serves `node server.js`; connect with: " +
      "MCP_GATEWAY_AUTH_TYPE=bearer MCP_GATEWAY_AUTH_TOKEN_ENV=TOKEN mcp-router --url ws://127.0.0.1:1/mcp\n",
  );
});

test("a gateway without a token is warned about", () => {
  expect(openDoorWarning(defaults)).toMatch(/^warning: no token is asked for.*\n$/);
  expect(openDoorWarning({ ...defaults, tokenEnv: "TOKEN" })).toBe("");
});

test("faults can be had again by their seed", () => {
  expect(seedLine(7)).toBe("dev gateway: faults are drawn with --seed 7\n");
});

test("a token is never printed", () => {
  const options = { ...defaults, token: "secret-token" };
  expect(startLine("ws://x", ["node"], options) + openDoorWarning(options)).not.toContain("secret-token");
});

test("a bare wire is part of how to connect", () => {
  expect(startLine("ws://x", ["node"], { ...defaults, wire: "json-rpc" })).toContain(
    "MCP_GATEWAY_WIRE=json-rpc mcp-router",
  );
});

test("framing, certificate, and a version that cannot be found out are part of how to connect", () => {
  const options = { ...defaults, transport: "tcp", framing: "mcpb", tlsCert: "cert.pem", tlsKey: "key.pem" } as const;
  expect(startLine("tcps://x", ["node"], options, authority)).toContain(
    "MCP_GATEWAY_FRAMING=mcpb MCP_GATEWAY_TLS_CA_CERT_PATH=cert.pem mcp-router",
  );
  const hidden = { ...defaults, gatewayVersion: "1", hideVersion: true } as const;
  expect(startLine("ws://x", ["node"], hidden)).toContain("MCP_GATEWAY_VERSION=1 mcp-router");
});

test("a certificate that another authority has signed is not offered as its own", () => {
  const options = { ...defaults, tlsCert: identityFile, tlsKey: identityFile };
  expect(startLine("wss://x", ["node"], options, identity.cert)).toContain(
    "MCP_GATEWAY_TLS_CA_CERT_PATH=FILE_OF_ITS_AUTHORITY mcp-router",
  );
});

test("a health endpoint on a port of its own is told of, with the key that it belongs to", () => {
  expect(healthLine("http://127.0.0.1:2/health")).toBe(
    "dev gateway: health at http://127.0.0.1:2/health (gateway.health.url)\n",
  );
});
