import { type DevGateway, type GatewayOptions, type Session, startGateway } from "@mcp-router/dev-gateway";

import { isJsonObject, type Json, type JsonObject, parseJson } from "./json.ts";
import { type Scope, untilTestEnds } from "./scope.ts";

/** One message of the router, and ways to answer it, proper and improper. */
export interface Asked {
  readonly session: Session;
  /** 1 for the first connection of this gateway. */
  readonly connection: number;
  /** The id as it was written; undefined for a notification. */
  readonly id: string | undefined;
  readonly method: string;
  readonly params: JsonObject;
  readonly payload: Buffer;
  /** The id of the envelope. */
  readonly envelopeId: string | undefined;
  readonly token: string | undefined;
  /** Answers with this result, which may be any text. */
  result(json: string): void;
}

export type Answers = { readonly [method: string]: (asked: Asked) => void };

export interface TestGateway {
  readonly gateway: DevGateway;
  readonly url: string;
  /** Everything that was asked of it, in order. */
  readonly asked: readonly Asked[];
  /** `1 initialize`, `1 notifications/initialized`, …: connection and method of everything that was asked. */
  readonly journal: readonly string[];
  /** How many connections were opened. */
  readonly connections: number;
  /** How many messages of that method arrived, or have arrived on that connection. */
  count(method: string): number;
}

export const INITIALIZE_RESULT =
  '{"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":true},"logging":{}},"serverInfo":{"name":"test-server","version":"1.0.0"}}';

/**
 * A gateway whose every session behaves as told, by method. `initialize` is answered properly and any other request with
 * `{"method", "nonce"}` of its own, so that a result shows whose it is; notifications are only noted.
 */
export async function startTestGateway(
  answers: Answers = {},
  options: GatewayOptions & { readonly scope?: Scope } = {},
): Promise<TestGateway> {
  const { scope = untilTestEnds, ...gatewayOptions } = options;
  const asked: Asked[] = [];
  let connections = 0;
  const gateway = await startGateway({
    ...gatewayOptions,
    session: (session) => {
      const connection = ++connections;
      return {
        receive(payload, envelope) {
          const message = parseJson(payload.toString());
          if (!isJsonObject(message) || typeof message["method"] !== "string") return;
          const { method, params } = message;
          const id = "id" in message ? idTextOf(payload) : undefined;
          const ask: Asked = {
            session,
            connection,
            id,
            method,
            params: isJsonObject(params) ? params : {},
            payload: Buffer.from(payload),
            envelopeId: envelope.id,
            token: envelope.auth_token,
            result: (json) => session.send(`{"jsonrpc":"2.0","id":${id ?? "null"},"result":${json}}`),
          };
          asked.push(ask);
          const answer = Object.hasOwn(answers, method) ? answers[method] : undefined;
          if (answer !== undefined) answer(ask);
          else if (id !== undefined)
            ask.result(method === "initialize" ? INITIALIZE_RESULT : ownResult(method, ask.params));
        },
      };
    },
  });
  scope(() => gateway.close());
  return {
    gateway,
    url: gateway.url,
    asked,
    get journal() {
      return asked.map(({ connection, method }) => `${connection} ${method}`);
    },
    get connections() {
      return connections;
    },
    count: (method) => asked.filter((each) => each.method === method).length,
  };
}

function ownResult(method: string, params: JsonObject): string {
  const nonce: Json = params["nonce"] ?? null;
  return JSON.stringify({ method, nonce });
}

/** Ids are compared as they were written: large numbers do not survive a parser. */
function idTextOf(payload: Buffer): string {
  const text = /"id"\s*:\s*("(?:[^"\\]|\\.)*"|[^,}\s]+)/.exec(payload.toString())?.[1];
  if (text === undefined) throw new Error(`no id in ${payload.toString("utf8", 0, 200)}`);
  return text;
}
