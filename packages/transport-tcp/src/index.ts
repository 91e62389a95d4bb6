import { definePlugin } from "@mcp-router/core/plugin";
import { GuideCodec } from "./framings/guide.ts";
import { McpbCodec } from "./framings/mcpb.ts";
import { TcpTransport } from "./tcp-transport.ts";

const LINE_FEED = 0x0a;

/** Framed TCP gateways: `gateway.url` of the form `tcp://…`, `tcps://…` or `tcp+tls://…`. */
export default definePlugin({
  name: "transport-tcp",
  apiVersion: "^1.2",
  contributes: {
    transports: {
      tcp: { create: (context) => new TcpTransport(context) },
      tcps: { create: (context) => new TcpTransport(context) },
      "tcp+tls": { create: (context) => new TcpTransport(context) },
    },
    framings: {
      guide: { create: () => new GuideCodec("untyped") },
      typed: { create: () => new GuideCodec("typed") },
      mcpb: { create: () => new McpbCodec("mcpb") },
      "mcpb-padded": { create: () => new McpbCodec("mcpb-padded") },
      lines: { create: () => ({ delimiter: LINE_FEED }) },
    },
  },
});
