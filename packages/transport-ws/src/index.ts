import { definePlugin } from "@mcp-router/core/plugin";
import { WebSocketTransport } from "./web-socket-transport.ts";

/** WebSocket gateways: `gateway.url` of the form `ws://…` or `wss://…`. */
export default definePlugin({
  name: "transport-ws",
  apiVersion: "^1.0",
  contributes: {
    transports: {
      ws: { create: (context) => new WebSocketTransport(context) },
      wss: { create: (context) => new WebSocketTransport(context) },
    },
  },
});
