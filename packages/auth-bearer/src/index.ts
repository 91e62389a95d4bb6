import { authSlot, definePlugin } from "@mcp-router/core/plugin";
import { BearerProvider } from "./bearer-provider.ts";
import { bearerSchema } from "./bearer-schema.ts";
import { tokenSource } from "./token-source.ts";

/** Bearer tokens from the environment, a file or the configuration: `gateway.auth.type: bearer`. */
export default definePlugin({
  name: "auth-bearer",
  apiVersion: "^1.0",
  contributes: {
    auth: {
      bearer: authSlot({
        schema: bearerSchema,
        create: (options, context) => new BearerProvider(tokenSource(options, context), context),
      }),
    },
  },
});
