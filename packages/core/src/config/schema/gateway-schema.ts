import type { JsonSchema } from "../../plugin/json-schema.ts";
import { authSchema } from "./auth-schema.ts";
import { connectionSchema, reconnectSchema } from "./connection-schema.ts";
import { optionalDuration } from "./milliseconds.ts";
import { namespaceSchema } from "./namespace-schema.ts";
import { endpointTlsSchema, tlsSchema } from "./tls-schema.ts";

const url = {
  type: "string",
  pattern: "\\S",
  description: "Where the gateway is. The scheme picks the transport: `wss:`, `ws:`, `tcps:`, `tcp:`.",
  examples: ["wss://gateway.example.com:8443/mcp"],
} as const;

/** `gateway.version` as people write it. */
const GATEWAY_VERSIONS = ["auto", 1, "1", "v1", 2, "2", "v2", "custom"] as const;

const features = {
  type: "object",
  description:
    "What the gateway can do, where it differs from what its version says. Unset: as the version, and `custom` like version 2.",
  additionalProperties: false,
  default: {},
  properties: {
    per_message_auth: {
      type: "boolean",
      description:
        "It reads `auth_token` in each message. `false`: a token goes out with the upgrade only, and a renewed one takes a new connection.",
    },
    ping_frames: {
      type: "boolean",
      description:
        "It answers ping frames. `false`: an MCP `ping` asks for a sign of life instead, while nothing is open.",
    },
    rate_limit_details: {
      type: "boolean",
      description: "It reports its limits in messages. `false`: what stands there is not read.",
    },
    correlation_metadata: {
      type: "boolean",
      description:
        "It means by `metadata` what the protocol means, such as a token that takes the place of ours. `false`: it is not read.",
    },
  },
} as const satisfies JsonSchema;

const health = {
  type: "object",
  description: "The gateway's HTTP health endpoint.",
  additionalProperties: false,
  default: {},
  properties: {
    url: {
      type: "string",
      pattern: "^https?://",
      description: "Where to ask. Unset: `/health` on the host and port of the gateway.",
    },
    interval_ms: {
      ...optionalDuration,
      default: 0,
      description: "Milliseconds between questions. 0: only commands ask.",
    },
  },
} as const satisfies JsonSchema;

/** `gateway`: everything about the other side. */
export const gatewaySchema = {
  type: "object",
  description: "The gateway, and how to reach it.",
  additionalProperties: false,
  default: {},
  properties: {
    url,
    endpoints: {
      type: "array",
      minItems: 1,
      description: "Several gateways that serve the same, in the place of `url`.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["url"],
        properties: {
          url,
          priority: {
            type: "integer",
            minimum: 0,
            description: "Lower is better. Unset: its place in the list.",
          },
          auth: { ...authSchema, description: "Sign-in at this endpoint. Unset: `gateway.auth`." },
          tls: { ...endpointTlsSchema, description: "What differs from `gateway.tls` at this endpoint." },
        },
      },
    },
    version: {
      enum: GATEWAY_VERSIONS,
      default: "auto",
      description: 'The gateway\'s generation. `1`, `"1"` and `v1` are equal. `auto` takes what the gateway says.',
    },
    wire: {
      enum: ["envelope", "json-rpc"],
      description: "Messages in the gateway's envelope, or bare. Unset: what is usual for the transport.",
    },
    framing: {
      type: "string",
      pattern: "\\S",
      description:
        "Layout of frames on `tcp:` and `tcps:`: `guide`, `typed`, `mcpb`, `mcpb-padded`, `lines`, or that of a plugin. Unset: `guide` for envelopes, `lines` for bare messages.",
    },
    namespace: namespaceSchema,
    features,
    subprotocol: {
      type: "string",
      pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
      description: "WebSocket subprotocol to offer. Unset: none.",
    },
    connection: connectionSchema,
    reconnect: reconnectSchema,
    auth: authSchema,
    tls: tlsSchema,
    proxy: {
      type: "string",
      pattern: "\\S",
      writeOnly: true,
      description:
        "URL of an HTTP proxy to reach the gateway through; may hold a user and password. Unset: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` of the environment. `direct`: none.",
    },
    health,
  },
} as const satisfies JsonSchema;
