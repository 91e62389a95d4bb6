import type { IncomingMessage } from "node:http";
import type { ChannelInfo } from "@mcp-router/core/plugin";
import { isTlsSocket } from "@mcp-router/sockets";

/** What the answer to the upgrade request tells about a connection. */
export function channelInfo(answer: IncomingMessage): ChannelInfo {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined) headers.set(name, typeof value === "string" ? value : value.join(", "));
  }
  const version = isTlsSocket(answer.socket) ? answer.socket.getProtocol() : null;
  return {
    status: answer.statusCode ?? 101,
    headers,
    protocol: version === null ? "ws" : `wss, ${version}`,
  };
}
