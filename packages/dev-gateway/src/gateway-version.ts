/** What the gateway says of itself: in the upgrade answer (`X-MCP-Gateway-Version`) and in the body of `/health`. */
export const GATEWAY_VERSION = "2.0";
