import { describe, expect, it } from "vitest";
import { file, resolve, withUrl } from "../fixtures/example-config.ts";
import type { ConfigLayer } from "./layers.ts";

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
