import { DialError } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { ChannelEnd } from "../plugin/transport.ts";

/** A dial ran out of time, waiting for one of the two things it needs. */
export function timedOut(
  { name, connection }: Endpoint,
  missing: "credential" | "connection",
  cause: unknown,
): DialError {
  const text = `no ${missing === "credential" ? "credential for" : "connection to"} ${name} within ${connection.timeoutMs} ms`;
  const hint =
    missing === "credential"
      ? "The sign-in plugin did not answer; gateway.connection.timeout_ms bounds it."
      : "Check the address and the firewall, or raise gateway.connection.timeout_ms.";
  return new DialError("timeout", text, { cause, hint, phase: missing === "credential" ? "auth" : "dial" });
}

/** Why a connection ended. Only one that has brought no message can show that waiting does not mend it. */
export function endedError({ name }: Endpoint, { error, reason }: ChannelEnd, useful: boolean): DialError {
  if (error !== undefined && !(useful && error.permanent)) return error;
  const when = useful ? "" : " before it brought anything";
  const how = reason === "" ? "" : `: ${reason}`;
  return new DialError("unreachable", `the connection to ${name} ended${when}${how}`, { cause: error });
}

/** Whatever a transport or a plugin threw, as the reason why a dial failed. */
export function asDialError(endpoint: Endpoint, cause: unknown): DialError {
  if (DialError.is(cause)) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new DialError("unreachable", `cannot connect to ${endpoint.name}: ${detail}`, { cause });
}
