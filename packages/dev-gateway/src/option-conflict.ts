import type { GatewayOptions } from "./gateway-options.ts";

/** Says which options cannot go together and why, in words for the command line and for programs; nothing when all can. */
export function optionConflict(options: GatewayOptions): string | undefined {
  const { transport = "ws", wire = "envelope", version = "2" } = options;
  const hasToken = options.token !== undefined || (options.tokens?.length ?? 0) > 0;
  if (transport === "ws") {
    if (options.framing !== undefined) return "a framing is for transport tcp: a WebSocket has frames of its own";
    if (options.healthPort !== undefined)
      return "a health port is for transport tcp: ws answers /health on its own port";
    if (options.onAuthToken !== undefined && version !== "1") {
      return "what is done on auth_token is for gateway version 1: version 2 checks it";
    }
    return undefined;
  }
  if (version === "1") return "gateway version 1 speaks WebSocket only: take version 2 or transport ws";
  if (hasToken && wire === "json-rpc") {
    return "bare messages over tcp have no place for a token: take wire envelope or transport ws, or no token";
  }
  if (options.onUpgrade !== undefined) return "over tcp there is no upgrade for `onUpgrade` to decide about";
  if (options.onAuthToken !== undefined) return "what is done on auth_token is for gateway version 1";
  return undefined;
}
