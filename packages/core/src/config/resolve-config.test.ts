import { describe, expect, it } from "vitest";
import { ConfigError } from "../errors/config-error.ts";
import type { LoadedManifest } from "../host/manifest.ts";
import { manifestOf } from "../host/read-manifest.ts";
import { authSlot, definePlugin } from "../plugin/define-plugin.ts";
import type { Plugin } from "../plugin/define-plugin.ts";
import type { JsonObject } from "../plugin/json.ts";
import { validatorsOf } from "./compile-validators.ts";
import type { ConfigLayer } from "./layers.ts";
import { resolveConfig } from "./resolve-config.ts";
import type { ResolveConfigOptions } from "./resolve-config.ts";

const transport = {
  create: () => ({ defaultWire: "envelope" as const, open: () => Promise.reject(new Error("not dialled here")) }),
};
const provider = { authenticate: () => {} };

const PLUGINS: readonly Plugin[] = [
  definePlugin({
    name: "sockets",
    apiVersion: "^1.0",
    contributes: { transports: { ws: transport, wss: transport, tcp: transport, later: {} } },
  }),
  definePlugin({
    name: "tokens",
    apiVersion: "^1.0",
    contributes: {
      auth: {
        token: authSlot({
          schema: {
            type: "object",
            additionalProperties: false,
            required: ["type"],
            properties: {
              type: { const: "token" },
              token: { type: "string", writeOnly: true },
              token_env: { type: "string", pattern: "^[A-Z_]+$" },
              renew: { type: "boolean", default: true },
            },
          },
          create: () => provider,
        }),
        later: authSlot({ schema: { type: "object", properties: { type: { const: "later" } } } }),
      },
    },
  }),
  definePlugin({
    name: "limits",
    apiVersion: "^1.0",
    sections: {
      "local.limit": {
        type: "object",
        additionalProperties: false,
        properties: { enabled: { type: "boolean", default: true }, burst: { type: "integer", default: 5 } },
      },
    },
    apply: () => {},
  }),
  definePlugin({
    name: "unbuilt",
    apiVersion: "^1.0",
    sections: {
      "advanced.unbuilt": {
        type: "object",
        additionalProperties: false,
        properties: { enabled: { type: "boolean" }, level: { type: "integer" } },
      },
    },
  }),
  definePlugin({
    name: "choosy",
    apiVersion: "^1.0",
    options: {
      type: "object",
      additionalProperties: false,
      required: ["file"],
      properties: { file: { type: "string" }, mode: { enum: ["a", "b"], default: "a" } },
    },
    apply: () => {},
  }),
];

const MANIFESTS: readonly LoadedManifest[] = PLUGINS.map((plugin) => {
  const manifest = manifestOf(plugin);
  return {
    plugin: manifest,
    packageName: `@test/${plugin.name}`,
    version: "0.1.0",
    directory: "/plugins",
    validators: validatorsOf(manifest),
  };
});

const file = (value: JsonObject): ConfigLayer => ({
  origin: "/etc/mcp/router.yaml",
  file: "/etc/mcp/router.yaml",
  value,
});
const withUrl = (value: JsonObject): JsonObject => ({
  ...value,
  gateway: { url: "wss://gw.example/mcp", ...asObject(value["gateway"]) },
});
const asObject = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

function resolve(value: JsonObject, more: Partial<ResolveConfigOptions> = {}) {
  return resolveConfig({ layers: [file(value)], manifests: MANIFESTS, env: {}, baseDirectory: "/base", ...more });
}

async function faults(value: JsonObject, more: Partial<ResolveConfigOptions> = {}) {
  try {
    await resolve(value, more);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

const brief = async (value: JsonObject) => (await faults(value)).map(({ code, key }) => `${code} ${key}`);

describe("a valid configuration", () => {
  it("is complete, in one spelling, and frozen", async () => {
    const config = await resolve({
      gateway: { url: "wss://gw.example/mcp", version: "v2", tls: { min_version: 1.3 } },
    });
    expect(config.core.gateway.version).toBe("2");
    expect(config.core.gateway.tls.min_version).toBe("TLSv1.3");
    expect(config.core.local.request_timeout_ms).toBe(60_000);
    expect(Object.isFrozen(config.core.gateway.connection)).toBe(true);
    expect(config.presets).toEqual(["claude"]);
  });

  it("has endpoints with what they take over from the gateway", async () => {
    const config = await resolve({
      gateway: {
        endpoints: [{ url: "wss://gw.example", priority: 3, tls: { verify: false } }],
        tls: { server_name: "x" },
        auth: { type: "token", token_env: "T" },
      },
    });
    expect(config.endpoints).toEqual([
      expect.objectContaining({
        priority: 3,
        authKey: "gateway.auth",
        auth: { type: "token", token_env: "T", renew: true },
      }),
    ]);
    expect(config.endpoints[0]?.url.href).toBe("wss://gw.example/");
    expect(config.endpoints[0]?.tls).toMatchObject({ verify: false, server_name: "x", min_version: "TLSv1.2" });
    expect(config.warnings).toEqual([expect.stringMatching(/^gateway\.endpoints\[0\]\.tls\.verify is false/)]);
  });

  it("has sections with their defaults, switched on by being there", async () => {
    const config = await resolve(withUrl({ local: { limit: {}, drain_timeout_ms: 7 } }));
    expect(config.section("local.limit")).toEqual({ enabled: true, burst: 5 });
    expect(config.isSwitchedOn("local.limit")).toBe(true);
    expect(config.core.local).not.toHaveProperty("limit");
    expect(config.core.local.drain_timeout_ms).toBe(7);
    const off = await resolve(withUrl({ local: { limit: { enabled: false } } }));
    expect(off.isSwitchedOn("local.limit")).toBe(false);
    expect(off.isSwitchedOn("metrics")).toBe(false);
  });

  it("has plugin entries with checked options", async () => {
    const config = await resolve(
      withUrl({ plugins: ["./a.ts", { use: "choosy", id: "c", with: { file: "x" }, before: ["limits"] }] }),
    );
    expect(config.plugins).toMatchObject([
      {
        use: "./a.ts",
        id: undefined,
        with: undefined,
        required: true,
        enabled: true,
        key: "plugins[0]",
        directory: "/etc/mcp",
      },
      { use: "choosy", id: "c", with: { file: "x", mode: "a" }, before: ["limits"], after: [] },
    ]);
  });

  it("lets flags stand above the environment, and that above the file", async () => {
    const layers: ConfigLayer[] = [
      file(withUrl({ logging: { level: "info", format: "json" }, local: { drain_timeout_ms: 1 } })),
      { origin: "--log-level", kind: "flags", value: { logging: { level: "error" } } },
    ];
    const config = await resolve({}, { layers, env: { MCP_LOGGING_LEVEL: "debug", MCP_LOGGING_FORMAT: "pretty" } });
    expect(config.core.logging).toMatchObject({ level: "error", format: "pretty" });
    expect(config.originOf("logging.level")).toBe("--log-level");
    expect(config.originOf("logging.format")).toBe("environment variable MCP_LOGGING_FORMAT");
    expect(config.originOf("local.drain_timeout_ms")).toBe("/etc/mcp/router.yaml");
    expect(config.originOf("local.max_queued_requests")).toBe("default");
    expect(config.directoryOf("local.drain_timeout_ms")).toBe("/etc/mcp");
    expect(config.directoryOf("logging.level")).toBe("/base");
  });

  it("is described without its secrets", async () => {
    const config = await resolve(
      withUrl({
        gateway: { url: "wss://gw.example/mcp?key=abcdef&n=1", auth: { type: "token", token: "Token ${env:CANARY}" } },
      }),
      { env: { CANARY: "canary-9f8e7d" } },
    );
    const { config: shown, origins } = config.toJSON();
    expect(shown).toMatchObject({
      gateway: {
        url: "wss://gw.example/mcp?key=[redacted]&n=[redacted]",
        auth: { type: "token", token: "[redacted]", renew: true },
      },
    });
    expect(origins).toMatchObject({ "gateway.auth.token": "/etc/mcp/router.yaml", "gateway.auth.renew": "default" });
    expect(JSON.stringify(config)).not.toContain("canary");
    expect(config.secrets).toEqual(["Token canary-9f8e7d", "canary-9f8e7d"]);
  });

  it("warns of secrets too short to redact", async () => {
    const config = await resolve(withUrl({ gateway: { auth: { type: "token", token: "short" } } }));
    expect(config.secrets).toEqual([]);
    expect(config.warnings).toEqual([expect.stringMatching(/^gateway\.auth\.token is shorter than 8 characters/)]);
  });

  it("warns of frequent heartbeats and of more idle connections than there can be", async () => {
    const config = await resolve(
      withUrl({ gateway: { connection: { keepalive_interval_ms: 9_999, max_idle_per_host: 5 } } }),
    );
    expect(config.warnings.map((warning) => warning.split(" ")[0])).toEqual([
      "gateway.connection.keepalive_interval_ms",
      "gateway.connection.max_idle_per_host",
    ]);
  });
});

describe("a faulty configuration", () => {
  it.each<[string, JsonObject, readonly string[]]>([
    ["no gateway", {}, ["MISSING_KEY gateway.url"]],
    [
      "two ways to name it",
      { gateway: { url: "wss://a", endpoints: [{ url: "wss://b" }] } },
      ["CONFLICT gateway.endpoints"],
    ],
    ["no URL", { gateway: { url: "gateway.example.com" } }, ["WRONG_VALUE gateway.url"]],
    ["no host", { gateway: { url: "tcp:gw" } }, ["WRONG_VALUE gateway.url"]],
    ["a scheme nobody has", { gateway: { url: "gopher://x" } }, ["UNKNOWN_SCHEME gateway.url"]],
    [
      "a standard scheme whose plugin is not loaded",
      { gateway: { url: "tcps://x" } },
      ["PLUGIN_NOT_LOADED gateway.url"],
    ],
    ["a scheme without code", { gateway: { url: "later://x" } }, ["PLUGIN_NOT_BUILT gateway.url"]],
    ["a password in the URL", { gateway: { url: "wss://me:pass@x" } }, ["INSECURE gateway.url"]],
    ["a fragment", { gateway: { url: "wss://x/#f" } }, ["WRONG_VALUE gateway.url"]],
    ["tcp with version 1", { gateway: { url: "tcp://x", version: "v1" } }, ["NOT_AVAILABLE gateway.version"]],
    [
      "an unknown scheme of auth",
      withUrl({ gateway: { auth: { type: "tokn" } } }),
      ["UNKNOWN_AUTH_TYPE gateway.auth.type"],
    ],
    [
      "an auth type whose plugin is not loaded",
      withUrl({ gateway: { auth: { type: "mtls" } } }),
      ["PLUGIN_NOT_LOADED gateway.auth.type"],
    ],
    [
      "an auth type without code",
      withUrl({ gateway: { auth: { type: "later" } } }),
      ["PLUGIN_NOT_BUILT gateway.auth.type"],
    ],
    ["auth without type", withUrl({ gateway: { auth: {} } }), ["MISSING_KEY gateway.auth.type"]],
    [
      "a wrong type",
      withUrl({ gateway: { connection: { timeout_ms: "5000" } } }),
      ["WRONG_TYPE gateway.connection.timeout_ms"],
    ],
    [
      "a timer beyond what timers hold",
      withUrl({ local: { drain_timeout_ms: 1e10 } }),
      ["WRONG_VALUE local.drain_timeout_ms"],
    ],
    ["an empty object in YAML", withUrl({ local: null }), ["WRONG_TYPE local"]],
    [
      "reconnect pauses upside down",
      withUrl({ gateway: { reconnect: { initial_delay_ms: 100, max_delay_ms: 50 } } }),
      ["CONFLICT gateway.reconnect.max_delay_ms"],
    ],
    [
      "a certificate without key",
      withUrl({ gateway: { tls: { client_cert: "c" } } }),
      ["CONFLICT gateway.tls.client_cert"],
    ],
    [
      "a key without certificate",
      withUrl({ gateway: { tls: { client_key: "c" } } }),
      ["CONFLICT gateway.tls.client_key"],
    ],
    ["nobody to trust", withUrl({ gateway: { tls: { ca_only: true } } }), ["CONFLICT gateway.tls.ca_only"]],
    [
      "a namespace rule for everything",
      withUrl({ gateway: { namespace: { rules: [{ namespace: "x" }] } } }),
      ["CONFLICT gateway.namespace.rules[0]"],
    ],
    ["one name for two plugins", withUrl({ plugins: ["x", { use: "y", id: "x" }] }), ["DUPLICATE_PLUGIN plugins[1]"]],
    ["options missing that a plugin needs", withUrl({ plugins: ["choosy"] }), ["MISSING_KEY plugins[0].with.file"]],
    [
      "options that a plugin does not have",
      withUrl({ plugins: [{ use: "sockets", with: { a: 1 } }] }),
      ["UNKNOWN_KEY plugins[0].with"],
    ],
    [
      "a section of a plugin without code",
      withUrl({ advanced: { unbuilt: {} } }),
      ["PLUGIN_NOT_BUILT advanced.unbuilt"],
    ],
    ["a section of a standard plugin that is not loaded", withUrl({ metrics: {} }), ["PLUGIN_NOT_LOADED metrics"]],
    ["a file of a later format", withUrl({ version: 2 }), ["WRONG_VALUE version"]],
  ])("is told: %s", async (_name, value, expected) => {
    expect(await brief(value)).toEqual(expected);
  });

  it("may hold a switched-off section of a plugin without code, if that is well-formed", async () => {
    expect(await brief(withUrl({ advanced: { unbuilt: { enabled: false } } }))).toEqual([]);
    expect(await brief(withUrl({ advanced: { unbuilt: { enabled: false, level: "x" } } }))).toEqual([
      "WRONG_TYPE advanced.unbuilt.level",
    ]);
  });

  it("names the plugin and the package whose code is missing", async () => {
    const [issue] = await faults(withUrl({ advanced: { unbuilt: {} } }));
    expect(issue?.message).toBe(
      "advanced.unbuilt needs the plugin unbuilt, whose code is not in this version (@test/unbuilt 0.1.0); remove the section, or write enabled: false in it",
    );
  });

  it("says which plugin or preset a section needs", async () => {
    const [issue] = await faults(withUrl({ local: { rate_limit: { requests_per_second: 1 } } }));
    expect(issue?.message).toBe(
      'local.rate_limit needs the plugin @mcp-router/rate-limit, which is not loaded; add the preset "claude" to presets, or "rate-limit" to plugins',
    );
  });

  it.each<[JsonObject, string]>([
    [{ gatway: {} }, "gatway is not a known key; did you mean gateway?"],
    [{ gateway: { conection: {} } }, "gateway.conection is not a known key; did you mean gateway.connection?"],
    [{ local: { limt: {} } }, "local.limt is not a known key; did you mean local.limit?"],
    [{ local: { limit: { brust: 1 } } }, "local.limit.brust is not a known key; did you mean local.limit.burst?"],
    [
      { gateway: { auth: { type: "token", tokn_env: "X" } } },
      "gateway.auth.tokn_env is not a known key; did you mean gateway.auth.token_env?",
    ],
    [
      { logging: { level: "warning" } },
      'logging.level must be one of "trace", "debug", "info", "warn", "error", "fatal", "silent", not "warning"',
    ],
    [
      { logging: { level: "inof" } },
      'logging.level must be one of "trace", "debug", "info", "warn", "error", "fatal", "silent", not "inof"; did you mean "info"?',
    ],
    [
      { plugins: [{ use: "choosy", with: { file: "x", mod: "a" } }] },
      "plugins[0].with.mod is not a known key; did you mean plugins[0].with.mode?",
    ],
    [{ plugins: [5] }, "plugins[0] must be a text, or an object, not 5"],
  ])("is told with the nearest valid key: %j", async (value, message) => {
    const messages = (await faults(withUrl(value))).map((issue) => issue.message);
    expect(messages[0]?.startsWith(message)).toBe(true);
    expect(messages).toHaveLength(1);
  });

  it("is told all at once", async () => {
    const value = {
      gateway: { url: 5, tls: { ca_only: true } },
      loging: {},
      local: { limit: { burst: "x" } },
      advanced: { unbuilt: {} },
      retry: { safe_tools: ["t"] },
    };
    expect(new Set(await brief(value))).toEqual(
      new Set([
        "WRONG_TYPE gateway.url",
        "CONFLICT gateway.tls.ca_only",
        "UNKNOWN_KEY loging",
        "WRONG_TYPE local.limit.burst",
        "PLUGIN_NOT_BUILT advanced.unbuilt",
        "NOT_AVAILABLE retry.safe_tools",
      ]),
    );
  });

  it("is told once for each value, by its first cause", async () => {
    expect(await brief({ gateway: { url: "${NOPE}" } })).toEqual(["BAD_REFERENCE gateway.url"]);
    expect(await brief({ gateway: 5 })).toEqual(["WRONG_TYPE gateway"]);
  });

  it("is told with file, line and column, asked for only then", async () => {
    const asked: string[] = [];
    const locate = (pointer: string) => {
      asked.push(pointer);
      return Promise.resolve(pointer === "/gateway/tls" ? { line: 4, column: 3 } : undefined);
    };
    await resolve({}, { layers: [{ ...file(withUrl({})), locate }] });
    expect(asked).toEqual([]);
    const layers = [{ ...file(withUrl({ gateway: { tls: { verify: "yes" } } })), locate }];
    await expect(resolve({}, { layers })).rejects.toThrow(
      '/etc/mcp/router.yaml:4:3: gateway.tls.verify must be true or false, not "yes"',
    );
    expect(asked).toEqual(["/gateway/tls/verify", "/gateway/tls"]);
  });

  it("is told with the variable or flag that wrote the value", async () => {
    const layers: ConfigLayer[] = [
      file(withUrl({})),
      { origin: "--url", kind: "flags", value: { gateway: { url: "nowhere" } } },
    ];
    const issues = await faults({}, { layers, env: { MCP_LOGGING_LEVEL: "loud" } });
    expect(issues.map(({ key, origin }) => [key, origin])).toEqual([
      ["logging.level", "environment variable MCP_LOGGING_LEVEL"],
      ["gateway.url", "--url"],
    ]);
  });

  it("is told without secrets", async () => {
    const canary = "canary-1234567";
    const faulty: readonly JsonObject[] = [
      withUrl({ gateway: { auth: { type: "token", token: { nested: canary } } } }),
      withUrl({ gateway: { auth: { type: "token", token_env: canary } } }),
      { gateway: { url: `wss://user:${canary}@x/` } },
      { gateway: { url: `no url ${canary}` } },
      withUrl({ logging: { level: "${env:CANARY}" } }),
      withUrl({ gateway: { proxy: `http://u:${canary}@p` } }),
    ];
    for (const value of faulty) {
      const issues = await faults(value, { env: { CANARY: canary } });
      expect(issues).toHaveLength(1);
      expect(JSON.stringify(issues)).not.toContain(canary);
    }
  });

  it("cannot pollute prototypes", async () => {
    const value: unknown = JSON.parse(
      '{"gateway": {"url": "wss://x"}, "__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
    );
    const layers = [{ origin: "o", value: Object(value) }];
    expect((await faults({}, { layers })).map(({ key }) => key)).toEqual(["__proto__", "constructor"]);
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("credentials in plain text", () => {
  const auth = { type: "token", token_env: "T" };

  it.each(["ws://gw.example", "tcp://10.0.0.1:1", "ws://127.0.0.1.evil.example", "ws://localhost.evil.example"])(
    "are refused to %s",
    async (url) => {
      expect(await brief({ gateway: { url, auth } })).toEqual(["INSECURE gateway.url"]);
    },
  );

  it.each(["ws://localhost:1", "ws://127.0.0.1:1", "tcp://[::1]:1", "ws://dev.localhost", "wss://gw.example"])(
    "may go to %s",
    async (url) => {
      expect(await brief({ gateway: { url, auth } })).toEqual([]);
    },
  );

  it("may be allowed, and are no matter without a credential", async () => {
    expect(await brief({ gateway: { url: "ws://gw.example", auth, tls: { allow_plaintext: true } } })).toEqual([]);
    expect(await brief({ gateway: { url: "ws://gw.example" } })).toEqual([]);
  });
});
