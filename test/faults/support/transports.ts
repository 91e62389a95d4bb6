import type { GatewayOptions } from "@mcp-router/dev-gateway";
import { type Frame, type FrameSplitter, tcpFrames, webSocketFrames } from "@mcp-router/testkit";

/** A way to the gateway, as fault tests need to know it. */
interface Transport {
  readonly name: "ws" | "tcp" | "tcp-mcpb";
  /** How the proxy finds single messages on the wire. */
  readonly frames: FrameSplitter<Frame>;
  /** How the gateway is started. */
  readonly gateway: Pick<GatewayOptions, "transport" | "framing">;
  /** Whether the gateway has to say something, an upgrade or a negotiation, before messages pass. */
  readonly greets: boolean;
}

/** Every fault of the network is tested on each of them. */
const TRANSPORTS: readonly Transport[] = [
  { name: "ws", frames: webSocketFrames(), gateway: {}, greets: true },
  { name: "tcp", frames: tcpFrames({ framing: "guide" }), gateway: { transport: "tcp" }, greets: false },
  {
    name: "tcp-mcpb",
    frames: tcpFrames({ framing: "mcpb" }),
    gateway: { transport: "tcp", framing: "mcpb" },
    greets: true,
  },
];

/** One transport with one seed. */
export interface MatrixRow {
  readonly transport: Transport;
  readonly seed: number;
}

/** `MCP_ROUTER_SEEDS` says how many seeds. Default 1. */
const seeds = Array.from({ length: Number(process.env["MCP_ROUTER_SEEDS"] ?? 1) }, (_, place) => place + 1);

/** For `describe.each`: all transports with all seeds. */
export const MATRIX: readonly MatrixRow[] = TRANSPORTS.flatMap((transport) =>
  seeds.map((seed) => ({ transport, seed })),
);

/** The title of a block for each row of the matrix. */
export const EACH_ROW = "over $transport.name with seed $seed:";
