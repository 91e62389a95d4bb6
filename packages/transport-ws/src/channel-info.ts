import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { ChannelInfo } from "@mcp-router/core/plugin";

/** What the answer to the upgrade request tells about a connection. */
export function channelInfo(answer: IncomingMessage): ChannelInfo {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined) headers.set(name, typeof value === "string" ? value : value.join(", "));
  }
  const version = answer.socket instanceof TLSSocket ? answer.socket.getProtocol() : null;
  return {
    status: answer.statusCode ?? 101,
    headers,
    protocol: version === null ? "ws" : `wss, ${version}`,
  };
}
