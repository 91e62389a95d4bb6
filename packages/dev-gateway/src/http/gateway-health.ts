/** The body of `/health`. */
export interface GatewayHealth {
  readonly status: string;
  /** Missing where the gateway does not say which it is. */
  readonly version?: string;
  readonly sessions: number;
}
