import type { DialReason } from "./dial-error.ts";
import type { LinkState } from "./hooks.ts";
import { serviceKey } from "./service-key.ts";

/** What a gateway can do beyond carrying messages. */
export interface GatewayFeatures {
  /** It reads `auth_token` in each message, so a renewed token needs no new connection. */
  readonly perMessageAuth: boolean;
  /** It answers the heartbeat frames of the transport. */
  readonly pingFrames: boolean;
  /** It reports its limits in `metadata.rate_limit` and in the details of errors. */
  readonly rateLimitDetails: boolean;
  /** It means by `metadata` what the protocol means. */
  readonly correlationMetadata: boolean;
}

/** How the version of a gateway became known; `assumed` until it says or shows anything. */
export type VersionSource = "configuration" | "assumed" | "behaviour" | "health endpoint" | "initialize" | "upgrade";

/** One connection to a gateway. Times are milliseconds before the moment of asking. */
export interface ConnectionHealth {
  /** 1 for the first connection of its endpoint. */
  readonly connection: number;
  readonly state: LinkState;
  /** For people: `wss, TLSv1.3`. Undefined while none is open. */
  readonly protocol: string | undefined;
  /** How long ago the last byte came. */
  readonly silentMs: number | undefined;
  /** Milliseconds between the latest heartbeat that was answered and its answer. */
  readonly roundTripMs: number | undefined;
  /** How long a heartbeat has waited for its answer. */
  readonly unansweredMs: number | undefined;
  /** Why the latest dial failed, or the latest connection ended with a fault. */
  readonly error:
    | { readonly reason: DialReason; readonly message: string; readonly hint: string | undefined }
    | undefined;
}

/** One answer of the HTTP health endpoint, or why there was none. */
export interface HealthProbe {
  readonly url: string | undefined;
  readonly ok: boolean;
  /** The HTTP status; undefined without an answer. */
  readonly status: number | undefined;
  /** `status` of the body. */
  readonly says: string | undefined;
  readonly error: string | undefined;
  readonly tookMs: number;
  /** How long ago it was. */
  readonly ageMs: number;
}

/**
 * `idle` before the first dial, `up` with an open connection and nothing against it, `ailing` with an open connection and a
 * health endpoint that says otherwise or a heartbeat without an answer, `down` without a connection.
 */
export type GatewayState = "idle" | "connecting" | "up" | "ailing" | "down";

/** All that is known of one endpoint, at the moment of asking. */
export interface GatewayHealth {
  readonly endpoint: string;
  readonly state: GatewayState;
  /** `1`, `2` or `custom`. */
  readonly version: string;
  readonly versionFrom: VersionSource;
  readonly features: GatewayFeatures;
  readonly connections: readonly ConnectionHealth[];
  /** The latest; undefined when nobody has asked yet. */
  readonly probe: HealthProbe | undefined;
}

/** The one place that knows how every link is: heartbeats, connections and the health endpoint together. */
export interface LinkHealth {
  /** Best endpoint first. Empty until the router runs. */
  gateways(): readonly GatewayHealth[];
  /** Asks every health endpoint now, and tells what is known then. Never rejects. */
  ask(): Promise<readonly GatewayHealth[]>;
}

/** The service of that, which the router itself provides. */
export const LINK_HEALTH = serviceKey<LinkHealth>("mcp-router/link-health");
