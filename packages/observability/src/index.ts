import { definePlugin } from "@mcp-router/core/plugin";
import { debugSchema } from "./debug-options.ts";
import { metricsSchema } from "./metrics-options.ts";
import { tracingSchema } from "./tracing-options.ts";

/** What an operator sees: `metrics`, `gateway.tracing`, `advanced.debug`. One plugin for each. */
export default [
  definePlugin({ name: "metrics", apiVersion: "^1.0", sections: { metrics: metricsSchema } }),
  definePlugin({ name: "tracing", apiVersion: "^1.0", sections: { "gateway.tracing": tracingSchema } }),
  definePlugin({ name: "debug", apiVersion: "^1.0", sections: { "advanced.debug": debugSchema } }),
];
