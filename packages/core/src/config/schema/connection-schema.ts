import type { JsonSchema } from "../../plugin/json-schema.ts";
import { duration, optionalDuration } from "./milliseconds.ts";

/** `gateway.connection`: dialling, liveness, limits of one connection. */
export const connectionSchema = {
  type: "object",
  description: "Dialling, liveness and limits of a connection.",
  additionalProperties: false,
  default: {},
  properties: {
    timeout_ms: {
      ...duration,
      default: 5_000,
      description: "Milliseconds for dialling, TLS and upgrade together, and for the answer to a heartbeat.",
    },
    keepalive_interval_ms: {
      ...duration,
      default: 15_000,
      description:
        "Milliseconds without a byte read after which a heartbeat is sent. A gateway that then stays silent for `timeout_ms` is taken for dead.",
    },
    pool_size: {
      type: "integer",
      minimum: 1,
      maximum: 1_000,
      default: 1,
      description:
        "Most connections to one endpoint. More open when requests find no idle one. Each is a gateway session of its own.",
    },
    max_idle_per_host: {
      type: "integer",
      minimum: 0,
      maximum: 1_000,
      default: 1,
      description:
        "Idle connections kept open; more close after `idle_timeout_ms`. The first one always stays. Never more than `pool_size`.",
    },
    idle_timeout_ms: {
      ...duration,
      default: 30_000,
      description: "Milliseconds after which an idle connection above `max_idle_per_host` closes.",
    },
    max_lifetime_ms: {
      ...optionalDuration,
      default: 0,
      description:
        "Milliseconds after which a connection is replaced by a new one, without a gap; up to a tenth sooner, so that not all are replaced at once. 0: never.",
    },
    max_frame_bytes: {
      type: "integer",
      minimum: 0,
      maximum: 1_073_741_824,
      default: 0,
      description: "Bytes of one WebSocket frame; larger messages are sent in several. 0: one frame per message.",
    },
    max_message_bytes: {
      type: "integer",
      minimum: 1_024,
      maximum: 1_073_741_824,
      default: 67_108_864,
      description:
        "Bytes of one message in either direction. Untyped TCP frames end just under 16 MiB whatever this says.",
    },
  },
} as const satisfies JsonSchema;

/** `gateway.reconnect`: the pauses between attempts. */
export const reconnectSchema = {
  type: "object",
  description: "Pauses between attempts to reach the gateway. The first attempt is immediate and there is no last one.",
  additionalProperties: false,
  default: {},
  properties: {
    initial_delay_ms: { ...duration, default: 1_000, description: "Milliseconds before the second attempt." },
    max_delay_ms: { ...duration, default: 30_000, description: "Longest pause in milliseconds." },
    multiplier: {
      type: "number",
      minimum: 1,
      maximum: 100,
      default: 2,
      description: "Each pause is this many times the one before.",
    },
    jitter: {
      type: "number",
      minimum: 0,
      maximum: 1,
      default: 1,
      description: "Share of a pause that is random: 0 none, 1 all of it.",
    },
  },
} as const satisfies JsonSchema;
