import type { BearerGuard } from "../access/bearer-guard.ts";
import type { GatewayFault } from "../envelope/gateway-fault.ts";

/** When `auth_token` of a message is looked at. */
export type MessageAuthMode = "off" | "when-present" | "required";

/** What a gateway of version 1, which knows no `auth_token`, does with a message that carries one. */
export type ForeignTokenMode = "ignore" | "refuse" | "close";

/** Why a message is not served. */
export interface Objection {
  readonly fault: GatewayFault;
  /** With a code the connection is closed instead of answered. */
  readonly closeCode?: number;
}

/** Says what is wrong with the token of one message, or nothing. */
export type MessageAuth = (token: string | undefined, guard: BearerGuard) => Objection | undefined;

/** An application's own code; by its last digits it says what HTTP says by 400. */
const BAD_MESSAGE = 4400;

/** The rule of a mode. Where no bearer is configured nothing is checked. */
export function messageAuth(mode: MessageAuthMode): MessageAuth {
  return (token, guard) => {
    if (mode === "off" || !guard.required) return undefined;
    if (token === undefined) return mode === "required" ? unauthorized("auth_token is missing") : undefined;
    return guard.accepts(token) ? undefined : unauthorized("auth_token is not valid");
  };
}

/** The rule of gateway version 1: a token belongs to the upgrade. */
export function foreignToken(mode: ForeignTokenMode): MessageAuth {
  return (token) => {
    if (token === undefined || mode === "ignore") return undefined;
    return {
      fault: { code: "INVALID_REQUEST", message: "auth_token is not known to gateway version 1" },
      ...(mode === "close" && { closeCode: BAD_MESSAGE }),
    };
  };
}

function unauthorized(message: string): Objection {
  return { fault: { code: "UNAUTHORIZED", message } };
}
