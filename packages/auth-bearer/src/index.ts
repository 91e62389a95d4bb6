import { authSlot, definePlugin } from "@mcp-router/core/plugin";
import { BearerProvider } from "./bearer-provider.ts";
import { bearerSchema } from "./bearer-schema.ts";
import { chooseSource } from "./choose-source.ts";

/** Bearer tokens from the environment, a file, a program or the configuration: `gateway.auth.type: bearer`. */
export default definePlugin({
  name: "auth-bearer",
  apiVersion: "^1.0",
  contributes: {
    auth: {
      bearer: authSlot({
        schema: bearerSchema,
        create: (options, context) => new BearerProvider(chooseSource(options, context), context),
      }),
    },
  },
});
