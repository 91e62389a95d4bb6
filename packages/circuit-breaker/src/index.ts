import { definePlugin } from "@mcp-router/core/plugin";
import { circuitBreakerSchema } from "./options.ts";

/** Failure isolation: `advanced.circuit_breaker`. */
export default definePlugin({
  name: "circuit-breaker",
  apiVersion: "^1.0",
  sections: { "advanced.circuit_breaker": circuitBreakerSchema },
});
