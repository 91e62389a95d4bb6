import { escapeForPeople } from "@mcp-router/core/plugin";
import { LONGEST_EXCERPT } from "@mcp-router/sockets";

/** What an error frame says. */
export interface GatewayError {
  /** An envelope with the error and no message, as a gateway would send it in a message. */
  readonly envelope: Buffer;
  /** Code and message in one line, safe to show. */
  readonly summary: string;
  /** Whether the frame holds the answer to a request, as it would stand in a message: an error of JSON-RPC with an id. */
  readonly answers: boolean;
}

/** Reads an error frame: a JSON object, with or without an `error` of its own, or text. */
export function readErrorFrame(payload: Buffer): GatewayError {
  const text = payload.toString("utf8");
  const value = parse(text);
  if (!isObject(value)) return fromObject({ error: { code: "GATEWAY_ERROR", message: text } });
  if (isObject(value["error"])) {
    const answers = value["jsonrpc"] === "2.0" && value["id"] !== undefined;
    return { envelope: payload, summary: summaryOf(value["error"]), answers };
  }
  const { id, correlation_id, ...error } = value;
  return fromObject({
    ...(id === undefined ? {} : { id }),
    ...(correlation_id === undefined ? {} : { correlation_id }),
    error,
  });
}

function fromObject(envelope: { readonly error: { readonly [name: string]: unknown } }): GatewayError {
  return { envelope: Buffer.from(JSON.stringify(envelope)), summary: summaryOf(envelope.error), answers: false };
}

function summaryOf({ code, message }: { readonly [name: string]: unknown }): string {
  const parts = [code, message].filter((part) => typeof part === "string" || typeof part === "number");
  return escapeForPeople(parts.join(": ") || "an error without a code", LONGEST_EXCERPT);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
