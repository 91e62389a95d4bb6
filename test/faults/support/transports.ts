import { type Frame, type FrameSplitter, webSocketFrames } from "@mcp-router/testkit";

/** A way to the gateway, as fault tests need to know it. */
interface Transport {
  readonly name: string;
  /** How the proxy finds single messages on the wire. */
  readonly frames: FrameSplitter<Frame>;
}

/** Every fault of the network is tested on each of them. */
const TRANSPORTS: readonly Transport[] = [{ name: "ws", frames: webSocketFrames() }];

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
