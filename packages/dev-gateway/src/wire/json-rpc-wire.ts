import type { GatewayFault } from "../envelope/gateway-fault.ts";
import { isJsonObject } from "../envelope/json-value.ts";
import { parseJson } from "../envelope/parse-json.ts";
import type { Wire } from "./wire.ts";

const INVALID_REQUEST = -32600;
const GATEWAY_REFUSED = -31000;

/** Bare JSON-RPC: the message is the frame. Gateway errors become JSON-RPC errors. */
export const jsonRpcWire: Wire = {
  name: "json-rpc",
  read(frame) {
    const parsed = parseJson(frame);
    if ("problem" in parsed) return { fault: invalid(`The message is not JSON: ${parsed.problem}`) };
    if (!isJsonObject(parsed.value)) return { fault: invalid("The message must be one JSON-RPC object") };
    if (Object.hasOwn(parsed.value, "mcp_payload")) {
      return {
        fault: invalid("This looks like an envelope, and this gateway expects bare JSON-RPC messages"),
      };
    }
    return { envelope: { mcp_payload: parsed.value }, payload: frame };
  },
  write: (payload) => ({ frame: payload, envelope: {} }),
  writeFault(fault, context) {
    const code = fault.code === "INVALID_REQUEST" ? INVALID_REQUEST : GATEWAY_REFUSED;
    const error = JSON.stringify({
      code,
      message: fault.message,
      data: { code: fault.code, ...fault.details },
    });
    const frame = Buffer.from(`{"jsonrpc":"2.0","id":${context.requestId ?? "null"},"error":${error}}`);
    return { frame, envelope: { error: fault } };
  },
};

function invalid(message: string): GatewayFault {
  return { code: "INVALID_REQUEST", message };
}
