/** The generations of gateways this one can be. */
export type GatewayVersion = "1" | "2";

/** What a gateway of each generation says of itself: in `X-MCP-Gateway-Version` and in the body of `/health`. */
export const GATEWAY_VERSIONS: Readonly<Record<GatewayVersion, string>> = { "1": "1.4", "2": "2.0" };

/** What a gateway says of itself unless it is told to be of another generation. */
export const GATEWAY_VERSION = GATEWAY_VERSIONS["2"];
