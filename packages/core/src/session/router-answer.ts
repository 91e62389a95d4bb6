import { escapeForPeople } from "../errors/escape.ts";
import { messageOf } from "../host/tap-faults.ts";
import type { JsonValue } from "../plugin/json.ts";
import { REASON_CODES, RequestError } from "../plugin/request-error.ts";
import { MAX_LINE_BYTES, tooLarge } from "./gate.ts";

export interface AnswerFacts {
  readonly endpoint: string | undefined;
  readonly attempts: number;
  readonly elapsedMs: number;
}

/**
 * The line that ends a request with an error of the router's own.
 *
 * @param id The request's id as the client wrote it.
 * @param hide Takes secrets out of what is said.
 */
export function errorLine(
  id: string,
  error: RequestError,
  facts: AnswerFacts,
  hide: (text: string) => string = (text) => text,
): Buffer {
  const data = {
    source: "mcp-router",
    reason: error.reason,
    outcome: error.outcome,
    retryable: error.retryable,
    retry_after_ms: error.retryAfterMs === undefined ? undefined : Math.ceil(error.retryAfterMs),
    direction: error.direction,
    endpoint: facts.endpoint,
    attempt: facts.attempts,
    elapsed_ms: Math.round(facts.elapsedMs),
    hint: error.hint === undefined ? undefined : escapeForPeople(hide(error.hint)),
  };
  const body = { code: REASON_CODES[error.reason], message: escapeForPeople(hide(error.message), 2000), data };
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(body)}}`);
}

/** The line that refuses a request which is no valid JSON-RPC request, but whose id can be echoed. */
export function invalidRequestLine(id: string, message: string): Buffer {
  const body = { code: -32600, message: escapeForPeople(message), data: { source: "mcp-router" } };
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(body)}}`);
}

function resultLine(id: string, result: JsonValue): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`);
}

/** The line of a result that a plugin made up, or the error that takes its place when it cannot be one. */
export function pluginResultLine(id: string, result: JsonValue, plugin: string): Buffer | RequestError {
  let line: Buffer;
  try {
    line = resultLine(id, result);
  } catch (cause) {
    const text = `the plugin ${plugin} answered with something that is no JSON: ${messageOf(cause)}`;
    return new RequestError("PLUGIN_FAILED", text, { plugin, cause });
  }
  return line.length > MAX_LINE_BYTES ? tooLarge(line.length) : line;
}

export function notificationLine(method: string, params: JsonValue): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":${JSON.stringify(params)}}`);
}

/** A cancellation of the request with this id, as the id was written. */
export function cancelledLine(id: string, reason: string): Buffer {
  const text = JSON.stringify(reason);
  return Buffer.from(
    `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id},"reason":${text}}}`,
  );
}
