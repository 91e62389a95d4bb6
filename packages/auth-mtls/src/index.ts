import { authSlot, definePlugin } from "@mcp-router/core/plugin";
import { IdentityFiles } from "./identity-files.ts";
import { MtlsProvider } from "./mtls-provider.ts";
import { mtlsSchema } from "./options.ts";

/** Client certificates: `gateway.auth.type: mtls`. */
export default definePlugin({
  name: "auth-mtls",
  apiVersion: "^1.3",
  contributes: {
    auth: {
      mtls: authSlot({
        schema: mtlsSchema,
        create: (options, context) => new MtlsProvider(new IdentityFiles(options, context), context),
      }),
    },
  },
});
