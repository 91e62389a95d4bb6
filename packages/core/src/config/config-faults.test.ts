import { describe, expect, it } from "vitest";
import { brief, faults, file, resolve, withUrl } from "../fixtures/example-config.ts";
import type { JsonObject } from "../plugin/json.ts";
import type { ConfigLayer } from "./layers.ts";

describe("a faulty configuration", () => {
  it.each<[string, JsonObject, readonly string[]]>([
    ["no gateway", {}, ["MISSING_KEY gateway.url"]],
    [
      "two ways to name it",
      { gateway: { url: "wss://a", endpoints: [{ url: "wss://b" }] } },
      ["CONFLICT gateway.endpoints"],
    ],
    ["no URL", { gateway: { url: "gateway.example.com" } }, ["WRONG_VALUE gateway.url"]],
    ["no host", { gateway: { url: "tcp:" } }, ["WRONG_VALUE gateway.url"]],
    ["a scheme nobody has", { gateway: { url: "gopher://x" } }, ["UNKNOWN_SCHEME gateway.url"]],
    [
      "a standard scheme whose plugin is not loaded",
      { gateway: { url: "tcps://x:1" } },
      ["PLUGIN_NOT_LOADED gateway.url"],
    ],
    ["a scheme without code", { gateway: { url: "later://x" } }, ["PLUGIN_NOT_BUILT gateway.url"]],
    ["a password in the URL", { gateway: { url: "wss://me:pass@x" } }, ["INSECURE gateway.url"]],
    ["a fragment", { gateway: { url: "wss://x/#f" } }, ["WRONG_VALUE gateway.url"]],
    ["tcp with version 1", { gateway: { url: "tcp://x:1", version: "v1" } }, ["CONFLICT gateway.version"]],
    ["a framing nobody has", { gateway: { url: "tcp://x:1", framing: "giude" } }, ["WRONG_VALUE gateway.framing"]],
    [
      "a framing without code",
      { gateway: { url: "tcp://x:1", framing: "later" } },
      ["PLUGIN_NOT_BUILT gateway.framing"],
    ],
    [
      "a standard framing whose plugin is not loaded",
      { gateway: { url: "tcp://x:1", framing: "mcpb" } },
      ["PLUGIN_NOT_LOADED gateway.framing"],
    ],
    [
      "features of envelopes without envelopes",
      withUrl({ gateway: { wire: "json-rpc", features: { per_message_auth: true, rate_limit_details: true } } }),
      ["CONFLICT gateway.features.per_message_auth", "CONFLICT gateway.features.rate_limit_details"],
    ],
    [
      "health over HTTP on a port of framed TCP",
      { gateway: { url: "tcp://x:1", health: { interval_ms: 5 } } },
      ["CONFLICT gateway.health.interval_ms"],
    ],
    [
      "a password in the address of health",
      withUrl({ gateway: { health: { url: "https://me:pass@x/health" } } }),
      ["INSECURE gateway.health.url"],
    ],
    ["tcp without a port", { gateway: { url: "tcp://x" } }, ["WRONG_VALUE gateway.url"]],
    ["tcp with a path", { gateway: { url: "tcp://x:1/mcp" } }, ["WRONG_VALUE gateway.url"]],
    [
      "an address of health that is none",
      withUrl({ gateway: { health: { url: "http://" } } }),
      ["WRONG_VALUE gateway.health.url"],
    ],
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
    [
      "a passphrase for no key",
      withUrl({ gateway: { tls: { client_key_passphrase_env: "PASS" } } }),
      ["CONFLICT gateway.tls.client_key_passphrase_env"],
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

  it.each<[JsonObject, string]>([
    [
      { framing: "giude" },
      'gateway.framing names the layout "giude", which no plugin knows; expected even, later; did you mean guide?',
    ],
    [{ framing: "mcpb" }, "gateway.framing: mcpb needs the plugin @mcp-router/transport-tcp, which is not loaded;"],
    [
      { framing: "later" },
      "gateway.framing: later needs the plugin sockets, whose code is not in this version (@test/sockets 0.1.0); use another framing",
    ],
    [
      { version: 1 },
      "gateway.version 1 speaks WebSocket only, and gateway.url is tcp:; use wss:, or gateway.version 2",
    ],
    [
      { health: { interval_ms: 5 } },
      "gateway.health.interval_ms asks over HTTP, which the port of gateway.url (tcp) does not speak; write gateway.health.url",
    ],
  ])("is told what fits together on framed TCP: %j", async (gateway, message) => {
    const messages = (await faults({ gateway: { url: "tcp://127.0.0.1:1", ...gateway } })).map((each) => each.message);
    expect(messages[0]?.slice(0, message.length)).toBe(message);
    expect(messages).toHaveLength(1);
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
    [{ gateway: { auth: { type: "sourced" } } }, "gateway.auth needs one of from_env, from_file"],
    [
      { gateway: { auth: { type: "sourced", from_env: "X", from_file: "y" } } },
      "gateway.auth has from_env and from_file; write only one of them",
    ],
    [{ plugins: [5] }, "plugins[0] must be a text, or an object, not 5"],
  ])("is told with the nearest valid key: %j", async (value, message) => {
    const messages = (await faults(withUrl(value))).map((issue) => issue.message);
    expect(messages[0]?.startsWith(message)).toBe(true);
    expect(messages).toHaveLength(1);
  });

  it("is told all at once", async () => {
    const value = {
      gateway: { url: 5, tls: { ca_only: true }, proxy: "socks5://canary@proxy" },
      loging: {},
      local: { limit: { burst: "x" } },
      advanced: { unbuilt: {} },
    };
    expect(new Set(await brief(value))).toEqual(
      new Set([
        "WRONG_TYPE gateway.url",
        "CONFLICT gateway.tls.ca_only",
        "UNKNOWN_KEY loging",
        "WRONG_TYPE local.limit.burst",
        "PLUGIN_NOT_BUILT advanced.unbuilt",
        "WRONG_VALUE gateway.proxy",
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

  it("is told from the top of the file to its end", async () => {
    const lines = new Map([
      ["/advanced/unbuilt", 2],
      ["/local/limit/burst", 5],
      ["/loging", 9],
    ]);
    const locate = (pointer: string) => {
      const line = lines.get(pointer);
      return Promise.resolve(line === undefined ? undefined : { line, column: 1 });
    };
    const value = withUrl({ advanced: { unbuilt: {} }, local: { limit: { burst: "x" } }, loging: {} });
    const issues = await faults({}, { layers: [{ ...file(value), locate }] });
    expect(issues.map(({ line }) => line)).toEqual([2, 5, 9]);
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
      withUrl({ gateway: { proxy: `socks5://u:${canary}@p` } }),
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
