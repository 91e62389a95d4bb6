/** The body of `/health`. */
export interface GatewayHealth {
  readonly status: string;
  readonly version: string;
  readonly sessions: number;
}
