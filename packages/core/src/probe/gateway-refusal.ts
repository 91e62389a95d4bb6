import { RouterError } from "../errors/router-error.ts";
import type { GatewayFault } from "../lane/wire.ts";
import { faultError } from "../session/gateway-fault.ts";

/** An error of the gateway itself, outside JSON-RPC, in the place of an answer. */
export class GatewayRefusal extends RouterError {
  /** As the gateway wrote it: `UNAUTHORIZED`, `RATE_LIMIT_EXCEEDED`, … */
  readonly says: string;

  constructor(fault: GatewayFault) {
    const { message, hint, reason, retryAfterMs } = faultError(fault);
    const later = retryAfterMs === undefined ? "" : `; it asks to wait ${retryAfterMs} ms`;
    super(reason, `${message}${later}`, { hint });
    this.says = fault.code;
  }

  /** Whether it is about who asks. */
  get aboutIdentity(): boolean {
    return this.says === "UNAUTHORIZED" || this.says === "FORBIDDEN";
  }
}
