import type { JsonSchema } from "../../plugin/json-schema.ts";
import { optionalDuration } from "./milliseconds.ts";

/** `local`: this side, towards the MCP client. */
export const localSchema = {
  type: "object",
  description: "The side of the MCP client: deadlines and bounds.",
  additionalProperties: false,
  default: {},
  properties: {
    request_timeout_ms: {
      ...optionalDuration,
      default: 60_000,
      description: "Milliseconds until a read (lists, resources, prompts) ends in an error. 0: no limit.",
    },
    call_timeout_ms: {
      ...optionalDuration,
      default: 0,
      description: "Milliseconds until an acting call (`tools/call`) ends in an error. 0: no limit.",
    },
    call_idle_timeout_ms: {
      ...optionalDuration,
      default: 1_800_000,
      description: "Milliseconds an acting call may go without progress. 0: no limit.",
    },
    initialize_hold_ms: {
      ...optionalDuration,
      default: 20_000,
      description:
        "Milliseconds from process start for which `initialize` waits for a gateway that is away. It always gets one dial's time, `gateway.connection.timeout_ms`.",
    },
    drain_timeout_ms: {
      ...optionalDuration,
      default: 5_000,
      description: "Milliseconds given to open requests when the client has closed stdin.",
    },
    max_concurrent_requests: {
      type: "integer",
      minimum: 1,
      maximum: 1_000_000,
      default: 10_000,
      description: "Requests open at once; one more is refused.",
    },
    max_server_requests: {
      type: "integer",
      minimum: 1,
      maximum: 1_000_000,
      default: 1_000,
      description: "Requests of the gateway that wait for the client's answer at once; one more is refused.",
    },
    client_stall_timeout_ms: {
      ...optionalDuration,
      default: 300_000,
      description:
        "Milliseconds in which the client must read something of what was written, and one more for every 10 bytes that wait; then it counts as gone. 0: no limit.",
    },
    max_queued_requests: {
      type: "integer",
      minimum: 0,
      maximum: 1_000_000,
      default: 256,
      description: "Requests held while there is no connection; one more is refused.",
    },
    max_queued_bytes: {
      type: "integer",
      minimum: 0,
      maximum: 1_073_741_824,
      default: 8_388_608,
      description: "Bytes of requests held while there is no connection.",
    },
  },
} as const satisfies JsonSchema;

/** `retry`: what may be sent again after a connection was lost. */
export const retrySchema = {
  type: "object",
  description: "What may be sent again when a connection is lost.",
  additionalProperties: false,
  default: {},
  properties: {
    safe_tools: {
      type: "array",
      items: { type: "string", pattern: "\\S" },
      default: [],
      description: "Tools that may run twice, by name. Others are never called again once their outcome is unknown.",
    },
    trust_annotations: {
      type: "boolean",
      default: false,
      description: "Take the server's word (`readOnlyHint`, `idempotentHint`) for which tools may run twice.",
    },
    budget: {
      type: "integer",
      minimum: 0,
      maximum: 10_000,
      default: 10,
      description:
        "Tokens for sending again. A resend takes one and needs more than half of them left; ten requests that succeed give one back, and so does every second. 0: never.",
    },
  },
} as const satisfies JsonSchema;
