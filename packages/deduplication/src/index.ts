import { definePlugin } from "@mcp-router/core/plugin";
import { deduplicationSchema } from "./options.ts";

/** One answer for equal requests: `advanced.deduplication`. */
export default definePlugin({
  name: "deduplication",
  apiVersion: "^1.0",
  sections: { "advanced.deduplication": deduplicationSchema },
});
