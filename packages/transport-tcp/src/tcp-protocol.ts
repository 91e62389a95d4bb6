import type { Protocol } from "@mcp-router/sockets";

/** How framed TCP speaks of itself when a dial fails. A dial waits for an answer only where the layout of frames negotiates. */
export const FRAMED_TCP: Protocol = {
  plain: "tcp",
  secure: "tcps",
  key: "gateway.url",
  silent: {
    says: "connected, but the version negotiation was not answered",
    hint: "Check gateway.framing and the port of gateway.url; if the port speaks TLS, use tcps://; else the gateway is overloaded.",
  },
  hungUp: (secure) => ({
    says: "without answering the version negotiation",
    hint: secure
      ? "Check gateway.framing, and that the gateway accepts the client certificate if one is set; a gateway that is starting may do this for a while."
      : "If the port speaks TLS use tcps://; check gateway.framing. A gateway that is starting may do this for a while.",
  }),
};
