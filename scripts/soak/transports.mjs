// The ways to the gateway that a soak can take.
import { tcpFrames, webSocketFrames } from "@mcp-router/testkit";

const isData = ({ type }) => type <= 1;

/** By name: how the gateway is started, what the router is told of it, and which of the frames between them are messages. */
export const TRANSPORTS = {
  ws: { gateway: {}, router: {}, frames: webSocketFrames(), isMessage: ({ opcode }) => opcode === 1 },
  tcp: { gateway: { transport: "tcp" }, router: {}, frames: tcpFrames({ framing: "guide" }), isMessage: isData },
  mcpb: {
    gateway: { transport: "tcp", framing: "mcpb" },
    router: { framing: "mcpb" },
    frames: tcpFrames({ framing: "mcpb" }),
    isMessage: ({ type }) => type === 1 || type === 2,
  },
  lines: {
    gateway: { transport: "tcp", framing: "lines" },
    router: { framing: "lines" },
    frames: tcpFrames({ framing: "lines" }),
    isMessage: isData,
  },
};
