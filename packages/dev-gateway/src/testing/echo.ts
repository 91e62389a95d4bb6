import type { SessionFactory } from "../session/session-handler.ts";

/** Answers every message with the bytes of its payload, correlated to its envelope. */
export const echo: SessionFactory = (session) => ({
  receive: (payload, envelope) => {
    session.send(`{"jsonrpc":"2.0","id":1,"result":{"got":${payload.toString()}}}`, {
      ...(envelope.id !== undefined && { correlationId: envelope.id }),
    });
  },
});

/** A request to try it with. */
export const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
