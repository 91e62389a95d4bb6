import { definePlugin } from "@mcp-router/core/plugin";

/** Framed TCP gateways: `gateway.url` of the form `tcp://…`, `tcps://…` or `tcp+tls://…`. */
export default definePlugin({
  name: "transport-tcp",
  apiVersion: "^1.0",
  contributes: { transports: { tcp: {}, tcps: {}, "tcp+tls": {} } },
});
