import { definePlugin } from "@mcp-router/core/plugin";
import { rateLimitSchema } from "./options.ts";

/** A limit on this side: `local.rate_limit`. */
export default definePlugin({
  name: "rate-limit",
  apiVersion: "^1.0",
  sections: { "local.rate_limit": rateLimitSchema },
});
