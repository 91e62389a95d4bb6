import { ConfigError, loadConfig } from "@mcp-router/core";
import type { JsonObject } from "@mcp-router/core/plugin";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const NOT_BUILT = "PLUGIN_NOT_BUILT";
const packageDirectories = [fileURLToPath(new URL("../../packages/cli", import.meta.url))];

/** Every snippet of YAML in the integration guide, with an address where it has none, and the one fault it may have yet. */
const GUIDE: readonly (readonly [name: string, config: JsonObject, faults: readonly string[]])[] = [
  [
    "WebSocket",
    {
      gateway: {
        url: "wss://gateway.example.com:8443/mcp",
        connection: { timeout_ms: 5000, keepalive_interval_ms: 30000 },
      },
    },
    [],
  ],
  [
    "TCP/Binary",
    {
      gateway: {
        url: "tcps://gateway.example.com:9443",
        connection: { timeout_ms: 5000, keepalive_interval_ms: 30000 },
      },
    },
    [],
  ],
  ["bearer", { gateway: { auth: { type: "bearer", token_env: "MCP_AUTH_TOKEN" } } }, []],
  [
    "OAuth2",
    {
      gateway: {
        auth: {
          type: "oauth2",
          client_id: "mcp-local-router",
          client_secret_env: "OAUTH_CLIENT_SECRET",
          token_endpoint: "https://auth.example.com/oauth2/token",
          grant_type: "client_credentials",
          scopes: ["mcp.read", "mcp.write", "mcp.admin"],
        },
      },
    },
    [],
  ],
  [
    "mTLS",
    {
      gateway: {
        auth: { type: "mtls", client_cert: "/etc/mcp/client.crt", client_key: "/etc/mcp/client.key" },
        tls: { ca_cert_path: "/etc/mcp/ca.crt", verify: true },
      },
    },
    [],
  ],
  [
    "rate limit",
    { local: { rate_limit: { requests_per_second: 50.0, burst: 100 } } },
    [`${NOT_BUILT} local.rate_limit`],
  ],
  [
    "metrics",
    { metrics: { enabled: true, endpoint: ":9091", labels: { environment: "production", region: "us-east-1" } } },
    [`${NOT_BUILT} metrics`],
  ],
  [
    "tracing",
    {
      gateway: {
        tracing: { enabled: true, endpoint: "http://jaeger:14268/api/traces", service_name: "mcp-local-router" },
      },
    },
    [`${NOT_BUILT} gateway.tracing`],
  ],
  [
    "circuit breaker",
    { advanced: { circuit_breaker: { failure_threshold: 5, success_threshold: 2, timeout_seconds: 30 } } },
    [`${NOT_BUILT} advanced.circuit_breaker`],
  ],
  [
    "deduplication",
    { advanced: { deduplication: { enabled: true, cache_size: 1000, ttl_seconds: 60 } } },
    [`${NOT_BUILT} advanced.deduplication`],
  ],
  ["connection pool", { gateway: { connection: { pool_size: 10, max_idle_per_host: 5 } } }, []],
  [
    "Kubernetes",
    {
      gateway: {
        url: "wss://mcp-gateway.namespace.svc.cluster.local:8443",
        tls: { verify: true, ca_cert_path: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt" },
      },
    },
    [],
  ],
  [
    "AWS",
    {
      gateway: {
        url: "wss://abcdef.execute-api.us-east-1.amazonaws.com/prod",
        auth: { type: "bearer", token_env: "AWS_API_KEY" },
      },
    },
    [],
  ],
  [
    "Azure",
    {
      gateway: {
        url: "wss://mcp-gateway.azurewebsites.net",
        auth: {
          type: "oauth2",
          client_id: "azure-app-id",
          client_secret_env: "AZURE_CLIENT_SECRET",
          token_endpoint: "https://login.microsoftonline.com/tenant/oauth2/v2.0/token",
        },
      },
    },
    [],
  ],
  [
    "debug",
    { advanced: { debug: { log_frames: true, save_failures: true, failure_dir: "/tmp/mcp-debug" } } },
    [`${NOT_BUILT} advanced.debug`],
  ],
];

async function faultsOf(config: JsonObject): Promise<readonly string[]> {
  const layers = [
    { origin: "address", value: { gateway: { url: "wss://gateway.example.com" } } },
    { origin: "guide", value: config },
  ];
  try {
    await loadConfig({ config: layers, env: {}, packageDirectories });
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(({ code, key }) => `${code} ${key}`);
    throw error;
  }
  return [];
}

describe("the integration guide's configuration", () => {
  it.each(GUIDE)("is understood: %s", async (_name, config, faults) => {
    expect(await faultsOf(config)).toEqual(faults);
  });

  it.each<[JsonObject, string]>([
    [{ local: { rate_limit: { requests_per_second: "50" } } }, "WRONG_TYPE local.rate_limit.requests_per_second"],
    [{ local: { rate_limit: { burst: 1 } } }, "MISSING_KEY local.rate_limit.requests_per_second"],
    [{ metrics: { endpoint: "9091" } }, "WRONG_VALUE metrics.endpoint"],
    [{ metrics: { labels: { region: 1 } } }, "WRONG_TYPE metrics.labels.region"],
    [{ gateway: { tracing: { sample_ratio: 2 } } }, "WRONG_VALUE gateway.tracing.sample_ratio"],
    [{ advanced: { circuit_breaker: { timeout_second: 30 } } }, "UNKNOWN_KEY advanced.circuit_breaker.timeout_second"],
    [{ advanced: { deduplication: { cache_size: 0 } } }, "WRONG_VALUE advanced.deduplication.cache_size"],
    [{ advanced: { debug: { log_frames: "yes" } } }, "WRONG_TYPE advanced.debug.log_frames"],
    [
      { gateway: { auth: { type: "oauth2", client_id: "c", grant_type: "magic" } } },
      "WRONG_VALUE gateway.auth.grant_type",
    ],
    [{ gateway: { auth: { type: "mtls", client_cert: "c" } } }, "MISSING_KEY gateway.auth.client_key"],
    [{ gateway: { auth: { type: "bearer" } } }, "MISSING_KEY gateway.auth"],
  ])("is checked whether or not its plugin has code: %j", async (config, fault) => {
    expect(await faultsOf(config)).toContain(fault);
  });
});
