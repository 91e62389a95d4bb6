import type { Incoming } from "./fault.ts";

/** How a request is refused by a server that does not know the client. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

/** What servers built on the TypeScript SDK say when they have lost a session or never had one. */
export const NOT_INITIALIZED: Refusal = { code: -32_000, message: "Bad Request: Server not initialized" };

/** Answers a request with an error in the place of the server; whatever else it is gets no answer. */
export function refuseRequest({ session, facts }: Incoming, error: Refusal): void {
  if (facts.kind !== "request" || facts.idText === undefined) return;
  session.send(`{"jsonrpc":"2.0","id":${facts.idText},"error":${JSON.stringify(error)}}`);
}
