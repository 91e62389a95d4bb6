import type { SessionMemory } from "../lane/session-memory.ts";
import type { Lane } from "../lane/lane.ts";
import type { RawMessage } from "../message/raw-message.ts";
import { readOwn } from "../message/read-own.ts";
import type { Logger } from "../plugin/logger.ts";
import type { Verdict } from "../plugin/verdict.ts";
import { REASON_CODES } from "../plugin/request-error.ts";
import type { Drops } from "./drops.ts";
import { MAX_LINE_BYTES } from "./gate.ts";
import type { Ledger } from "./ledger.ts";
import { cancelledLine, pluginResultLine } from "./router-answer.ts";

export interface ServerRequestsOptions {
  readonly ledger: Ledger;
  readonly memory: SessionMemory;
  readonly drops: Drops;
  readonly log: Logger;
  readonly write: (line: Buffer) => void;
  /** Requests of the gateway may be this many at once; a flood of them must not fill the memory. */
  readonly maxOpen: number;
}

/**
 * Requests of the gateway to the client. In the first gateway session they pass untouched; a later session counts its ids
 * from the start again, so its requests get ids of the router's own, which are restored in the answers.
 */
export class ServerRequests {
  readonly #options: ServerRequestsOptions;
  #given = 0;

  constructor(options: ServerRequestsOptions) {
    this.#options = options;
  }

  pass(lane: Lane, message: RawMessage): void {
    const { ledger, drops, memory, write, maxOpen } = this.#options;
    const { id, idKey, progressKey } = message;
    if (lane.lost || id === undefined || idKey === undefined) return;
    if (!memory.asking) {
      // Clients of self-contained requests end the session when a server asks them something.
      this.#answerError(lane, message, -32601, "the client takes no requests of servers");
      drops.count("gateway", "request_in_modern_session");
      return;
    }
    if (ledger.openServerRequests >= maxOpen || message.bytes.length > MAX_LINE_BYTES) {
      this.#answerError(lane, message, REASON_CODES.QUEUE_FULL, "the router cannot pass this request on to the client");
      drops.count("gateway", "request_refused");
      return;
    }
    const seen = lane.number === 1 ? message : this.#renamed(lane, message);
    const opened = ledger.openServerRequest({
      key: seen.idKey ?? idKey,
      lane,
      clientId: seen.id ?? id,
      gatewayId: id,
      gatewayKey: idKey,
      clientProgressKey: seen.progressKey,
      gatewayProgress: progressKey === undefined ? undefined : message.progressToken,
    });
    if (!opened) {
      drops.count("gateway", "duplicate_id");
      return;
    }
    write(seen.extraMembers ? seen.normalised() : seen.bytes);
  }

  /** A plugin answers the gateway in the client's place. */
  refuse(lane: Lane, message: RawMessage, verdict: Exclude<Verdict, { verdict: "hold" }>, plugin: string): void {
    this.#options.drops.count("gateway", "plugin");
    if (verdict.verdict === "reply" && message.id !== undefined) {
      const line = pluginResultLine(message.id, verdict.result, plugin);
      if (Buffer.isBuffer(line)) this.#send(lane, message, line);
      else this.#answerError(lane, message, REASON_CODES[line.reason], line.message);
    } else {
      const text = verdict.verdict === "reject" ? verdict.error.message : `refused by the plugin ${plugin}`;
      this.#answerError(lane, message, REASON_CODES.PLUGIN_REJECTED, text);
    }
  }

  /** The gateway takes a request back: its cancellation under the id that the client knows; undefined when none is open. */
  cancelled(lane: Lane, message: RawMessage): RawMessage | undefined {
    const { ledger } = this.#options;
    const key = message.cancelsKey;
    const request = key === undefined ? undefined : ledger.serverRequestOf(lane, key);
    if (request === undefined) return undefined;
    ledger.closeServerRequest(request.key);
    return request.clientId === request.gatewayId ? message : readOwn(message.withCancelledId(request.clientId));
  }

  /** The lane has gone and with it whoever asked: the client need not answer any more. */
  laneLost(lane: Lane): void {
    for (const request of this.#options.ledger.takeServerRequests(lane)) {
      this.#options.write(cancelledLine(request.clientId, "the gateway connection was lost"));
    }
  }

  #renamed(lane: Lane, message: RawMessage): RawMessage {
    const name = JSON.stringify(`mcp-router:${lane.number}:${++this.#given}`);
    const renamed = readOwn(message.withId(name));
    return renamed.progressKey === undefined ? renamed : readOwn(renamed.withProgressToken(name));
  }

  #answerError(lane: Lane, message: RawMessage, code: number, text: string): void {
    if (message.id === undefined) return;
    const error = JSON.stringify({ code, message: text });
    this.#send(lane, message, Buffer.from(`{"jsonrpc":"2.0","id":${message.id},"error":${error}}`));
  }

  #send(lane: Lane, message: RawMessage, line: Buffer): void {
    if (lane.lost) return;
    const answer = readOwn(line);
    if (typeof lane.transmit(answer, line, undefined) !== "string") {
      this.#options.log.debug({ method: message.method }, "an answer to the gateway could not be sent");
    }
  }
}
