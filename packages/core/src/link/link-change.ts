import type { LinkChange, LinkState } from "../plugin/hooks.ts";
import type { LinkOptions } from "./link-options.ts";

/** What of a change depends on the state that was reached. */
export type ChangeDetails = Partial<Pick<LinkChange, "info" | "end" | "error" | "retryInMs">>;

/** A change of state as plugins get it: always the same members. */
export function linkChange(
  { endpoint, connection }: LinkOptions,
  state: LinkState,
  { info, end, error, retryInMs }: ChangeDetails,
): LinkChange {
  return { endpoint, connection, state, info, end, error, retryInMs };
}
