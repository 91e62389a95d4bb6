import { authSlot, definePlugin } from "@mcp-router/core/plugin";
import { Oauth2Provider } from "./oauth2-provider.ts";
import { oauth2Schema } from "./options.ts";

/** OAuth 2 tokens: `gateway.auth.type: oauth2`. */
export default definePlugin({
  name: "auth-oauth2",
  apiVersion: "^1.3",
  contributes: {
    auth: {
      oauth2: authSlot({
        schema: oauth2Schema,
        create: (options, context) => new Oauth2Provider(options, context),
      }),
    },
  },
});
