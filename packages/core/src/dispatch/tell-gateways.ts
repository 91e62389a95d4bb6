import type { Lane } from "../lane/lane.ts";
import type { EndpointPool } from "./endpoint-pool.ts";
import type { HeldNotification } from "./held-notification.ts";

/** Every gateway session has to hear of these: each has a handshake of its own, and may ask the client for its roots. */
const INITIALIZED = "notifications/initialized";
const ROOTS_CHANGED = "notifications/roots/list_changed";

/**
 * Sends a notification of the client to the home, and to every other gateway session that has to hear it.
 *
 * @returns false when no byte of it has reached the home.
 */
export function tellGateways(
  { message, namespace }: HeldNotification,
  home: Lane,
  pools: readonly EndpointPool[],
): boolean {
  const opening = message.method === INITIALIZED;
  // The repeated handshake may have said it; a server may take a second one amiss.
  const due = (lane: Lane): boolean => !opening || !lane.initialized;
  if (due(home) && home.transmit(message, message.bytes, namespace) === undefined) return false;
  if (!opening && message.method !== ROOTS_CHANGED) return true;
  for (const pool of pools) {
    for (const lane of pool.lanes()) {
      if (lane !== home && due(lane)) lane.transmit(message, message.bytes, namespace);
      if (opening) lane.initialized = true;
    }
  }
  return true;
}
