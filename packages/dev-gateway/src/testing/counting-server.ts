import { isJsonObject } from "../envelope/json-value.ts";
import type { SessionFactory } from "../session/session-handler.ts";

/** A small MCP server for faults: it answers every request with its own number, and keeps what it was asked. */
export class CountingServer {
  /** Number of the server and method of every message, in order: `1 tools/call`. */
  readonly journal: string[] = [];
  #servers = 0;

  readonly session: SessionFactory = (session) => {
    this.#servers += 1;
    const number = this.#servers;
    return {
      receive: (_payload, { mcp_payload: message }) => {
        if (!isJsonObject(message)) return;
        const { id = null, method = null } = message;
        this.journal.push(`${number} ${typeof method === "string" ? method : "answer"}`);
        if (id === null) return;
        session.send(JSON.stringify({ jsonrpc: "2.0", id, result: { server: number, method } }));
      },
    };
  };
}

export const initialize = { id: "hello", method: "initialize" };
export const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };
