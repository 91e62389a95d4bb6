import type { BearerGuard } from "../access/bearer-guard.ts";

/** When `auth_token` of a message is looked at. */
export type MessageAuthMode = "off" | "when-present" | "required";

/** Says what is wrong with the token of one message, or nothing. */
export type MessageAuth = (token: string | undefined, guard: BearerGuard) => string | undefined;

/** The rule of a mode. Where no bearer is configured nothing is checked. */
export function messageAuth(mode: MessageAuthMode): MessageAuth {
  return (token, guard) => {
    if (mode === "off" || !guard.required) return undefined;
    if (token === undefined) return mode === "required" ? "auth_token is missing" : undefined;
    return guard.accepts(token) ? undefined : "auth_token is not valid";
  };
}
