import { isObject } from "../config/json-object.ts";

type Fields = { readonly [name: string]: unknown };

/** Reads what the router writes as strictly as official clients do: what would end their session is a violation. */
export class ParanoidClient {
  /** Every line, parsed, in order. */
  readonly messages: Fields[] = [];
  readonly violations: string[] = [];
  readonly #open = new Set<string>();
  readonly #tokens = new Map<string, string>();
  readonly #asked = new Set<string>();
  #rest = "";

  /** The client wrote this. */
  wrote(message: Fields): void {
    const { id, method } = message;
    const params = fields(message["params"]);
    if (method === "notifications/cancelled") this.#forget(key(params["requestId"]));
    if (id === undefined || id === null) return;
    if (method === undefined) {
      this.#asked.delete(key(id));
      return;
    }
    this.#open.add(key(id));
    const token = fields(params["_meta"])["progressToken"];
    if (token !== undefined) this.#tokens.set(key(id), key(token));
  }

  read(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString()).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
  }

  /** What came for an id, oldest first. */
  answers(id: unknown): readonly Fields[] {
    return this.messages.filter((message) => message["method"] === undefined && key(message["id"]) === key(id));
  }

  /** Everything that is no answer. */
  get others(): readonly Fields[] {
    return this.messages.filter(({ method }) => method !== undefined);
  }

  #line(line: string): void {
    if (Buffer.byteLength(line) >= 10 * 1024 * 1024) this.violations.push("a line over 10 MiB");
    const message = parsed(line);
    if (message === undefined || message["jsonrpc"] !== "2.0") {
      this.violations.push(`no JSON-RPC message: ${line.slice(0, 200)}`);
      return;
    }
    this.messages.push(message);
    if (typeof message["method"] === "string") this.#fromServer(message);
    else this.#answer(message, line.slice(0, 200));
  }

  #answer(message: Fields, line: string): void {
    const { id, result, error, ...others } = message;
    if (Object.keys(others).join(",") !== "jsonrpc") this.violations.push(`extra members: ${line}`);
    if (!this.#open.has(key(id))) this.violations.push(`an answer to nothing: ${line}`);
    this.#forget(key(id));
    const { code, message: text } = fields(error);
    const isError = Number.isInteger(code) && typeof text === "string";
    if (isObject(result) === isError) this.violations.push(`neither result nor error: ${line}`);
  }

  #fromServer(message: Fields): void {
    const { id, method } = message;
    const params = fields(message["params"]);
    if (id !== undefined && this.#asked.has(key(id))) this.violations.push(`an id asked twice: ${key(id)}`);
    if (id !== undefined) this.#asked.add(key(id));
    if (method === "notifications/cancelled") this.#asked.delete(key(params["requestId"]));
    if (method === "notifications/progress" && ![...this.#tokens.values()].includes(key(params["progressToken"]))) {
      this.violations.push(`progress of nothing: ${key(params["progressToken"])}`);
    }
  }

  #forget(id: string): void {
    this.#open.delete(id);
    this.#tokens.delete(id);
  }
}

/** Ids and tokens keep their type: 1 is not "1". */
function key(value: unknown): string {
  return JSON.stringify(value) ?? "none";
}

function fields(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function parsed(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
