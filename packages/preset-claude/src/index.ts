import { definePreset } from "@mcp-router/core/plugin";

/** The standard plugins, and what of them is on. */
export default definePreset({
  name: "claude",
  apiVersion: "^1.0",
  plugins: [
    "@mcp-router/transport-ws",
    "@mcp-router/transport-tcp",
    "@mcp-router/auth-bearer",
    "@mcp-router/auth-oauth2",
    "@mcp-router/auth-mtls",
    "@mcp-router/rate-limit",
    "@mcp-router/circuit-breaker",
    "@mcp-router/deduplication",
    "@mcp-router/observability",
  ],
  config: {},
});
