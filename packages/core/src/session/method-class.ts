/**
 * What may be done with a request whose connection was lost.
 *
 * - `own`: the handshake; the router repeats it by itself.
 * - `read`: changes nothing; may be sent again.
 * - `state`: setting it twice is setting it once; may be sent again.
 * - `stream`: stays open for as long as the client wants it; may be opened again.
 * - `act`: may have an effect; never sent again once a byte of it may have arrived.
 */
export type MethodClass = "own" | "read" | "state" | "stream" | "act";

const CLASSES: ReadonlyMap<string, MethodClass> = new Map<string, MethodClass>([
  ["initialize", "own"],
  ["ping", "read"],
  ["tools/list", "read"],
  ["prompts/list", "read"],
  ["resources/list", "read"],
  ["resources/templates/list", "read"],
  ["server/discover", "read"],
  ["completion/complete", "read"],
  ["resources/read", "read"],
  ["prompts/get", "read"],
  ["tasks/get", "read"],
  ["tasks/list", "read"],
  ["tasks/result", "read"],
  ["logging/setLevel", "state"],
  ["resources/subscribe", "state"],
  ["resources/unsubscribe", "state"],
  ["tasks/cancel", "state"],
  ["subscriptions/listen", "stream"],
]);

/** The class of a method. An unknown method may do anything, so it acts. */
export function classOf(method: string): MethodClass {
  return CLASSES.get(method) ?? "act";
}
