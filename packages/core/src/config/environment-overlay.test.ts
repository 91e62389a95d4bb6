import { describe, expect, it } from "vitest";
import { composeRootSchema } from "./compose-schema.ts";
import { environmentLayers } from "./environment-overlay.ts";
import { manifestOf } from "../host/read-manifest.ts";
import { authSlot, definePlugin } from "../plugin/define-plugin.ts";

const plugin = definePlugin({
  name: "example",
  apiVersion: "^1.0",
  sections: {
    "local.rate_limit": {
      type: "object",
      properties: { requests_per_second: { type: "number" }, labels: { type: "object" } },
    },
  },
  contributes: {
    auth: {
      bearer: authSlot({
        schema: { type: "object", properties: { type: { const: "bearer" }, token_env: { type: "string" } } },
      }),
    },
  },
});
const root = composeRootSchema([{ plugin: manifestOf(plugin) }]);
const read = (env: { readonly [name: string]: string }) => environmentLayers(env, root);

describe("environmentLayers", () => {
  it.each([
    ["MCP_LOGGING_LEVEL", "debug", { logging: { level: "debug" } }],
    ["MCP_GATEWAY_CONNECTION_TIMEOUT_MS", "250", { gateway: { connection: { timeout_ms: 250 } } }],
    ["MCP_GATEWAY_RECONNECT_JITTER", "0.5", { gateway: { reconnect: { jitter: 0.5 } } }],
    ["MCP_GATEWAY_TLS_VERIFY", "false", { gateway: { tls: { verify: false } } }],
    ["MCP_GATEWAY_TLS_MIN_VERSION", "1.3", { gateway: { tls: { min_version: 1.3 } } }],
    ["MCP_RETRY_SAFE_TOOLS", "a, b", { retry: { safe_tools: ["a", "b"] } }],
    ["MCP_PLUGINS", "./a.ts,b", { plugins: ["./a.ts", "b"] }],
    ["MCP_PRESETS", "claude", { presets: ["claude"] }],
    ["MCP_LOCAL_RATE_LIMIT_REQUESTS_PER_SECOND", "2.5", { local: { rate_limit: { requests_per_second: 2.5 } } }],
    ["MCP_GATEWAY_AUTH_TYPE", "bearer", { gateway: { auth: { type: "bearer" } } }],
    ["MCP_GATEWAY_AUTH_TOKEN_ENV", "TOKEN", { gateway: { auth: { token_env: "TOKEN" } } }],
  ])("reads %s=%s by the schema of its key", (name, text, value) => {
    expect(read({ [name]: text })).toEqual([{ origin: `environment variable ${name}`, kind: "environment", value }]);
  });

  it("keeps a text that is not of the key's type, for the check to refuse", () => {
    expect(read({ MCP_GATEWAY_CONNECTION_TIMEOUT_MS: "soon" })[0]?.value).toEqual({
      gateway: { connection: { timeout_ms: "soon" } },
    });
  });

  it("leaves names alone that are no key, and those of Claude and of tokens", () => {
    const env = {
      MCP_AUTH_TOKEN: "t",
      MCP_TIMEOUT: "1",
      MCP_TOOL_TIMEOUT: "1",
      MCP_VERSION: "9",
      MCP_NO_SUCH_KEY: "1",
      PATH: "/",
    };
    expect(read(env)).toEqual([]);
  });

  it("takes an empty variable for one that is not set", () => {
    expect(read({ MCP_LOGGING_LEVEL: "" })).toEqual([]);
  });

  it("does not offer objects and lists of objects", () => {
    expect(read({ MCP_GATEWAY_ENDPOINTS: "x", MCP_LOCAL_RATE_LIMIT_LABELS: "x", MCP_GATEWAY: "x" })).toEqual([]);
  });
});
