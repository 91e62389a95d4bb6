import { authSlot, definePlugin } from "@mcp-router/core/plugin";
import { mtlsSchema } from "./options.ts";

/** Client certificates: `gateway.auth.type: mtls`. */
export default definePlugin({
  name: "auth-mtls",
  apiVersion: "^1.0",
  contributes: { auth: { mtls: authSlot({ schema: mtlsSchema }) } },
});
