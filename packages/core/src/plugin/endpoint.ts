/** A gateway to connect to: one per `gateway.url`, or one per entry of `gateway.endpoints`. */
export interface Endpoint {
  /** Stable name in logs, metrics and errors: scheme, host and port, never a query or user information. */
  readonly name: string;
  readonly url: URL;
  /** Lower is better. */
  readonly priority: number;
  readonly tls: TlsOptions;
  readonly connection: ConnectionOptions;
}

/** TLS material and rules, already read: certificates are PEM text, not paths. */
export interface TlsOptions {
  /** False accepts any certificate. Default true. */
  readonly verify: boolean;
  /** Certificate authorities in PEM; undefined means the system's. */
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  readonly cipherSuites?: readonly string[];
  /** SHA-256 of public keys (`sha256/BASE64`), of which some certificate of the chain must have one (RFC 7469 §2.4). */
  readonly pins?: readonly string[];
}

export interface ConnectionOptions {
  /** Milliseconds for dialling, TLS and upgrade together, and for the answer to a heartbeat. */
  readonly timeoutMs: number;
  /** Milliseconds without a byte read after which a heartbeat is sent. */
  readonly keepaliveIntervalMs: number;
  /** Bytes of one message in either direction. */
  readonly maxMessageBytes: number;
  /** Bytes of one WebSocket frame; 0 sends each message in one frame. */
  readonly maxFrameBytes: number;
  readonly subprotocol?: string;
}
