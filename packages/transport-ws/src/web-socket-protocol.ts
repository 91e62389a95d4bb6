import type { Protocol } from "@mcp-router/sockets";

/** How WebSocket speaks of itself when a dial fails. */
export const WEB_SOCKET: Protocol = {
  plain: "ws",
  secure: "wss",
  key: "gateway.url",
  silent: {
    says: "connected, but the upgrade to WebSocket was not answered",
    hint: "If the port speaks TLS or another protocol, change the scheme or the port of gateway.url; else the gateway is overloaded.",
  },
  hungUp: (secure) => ({
    says: "without answering the upgrade to WebSocket",
    hint: secure
      ? "Check that the port is the gateway's WebSocket port, and that it accepts the client certificate if one is set; a gateway that is starting may do this for a while."
      : "If the port speaks TLS use wss://, if it speaks the binary protocol tcp://; a gateway that is starting may do this for a while.",
  }),
};
