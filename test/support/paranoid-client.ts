import { JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";

import { isJsonObject, type Json, type JsonObject, parseJson } from "./json.ts";
import { Mailbox } from "./mailbox.ts";
import type { RouterEnd, RouterProcess } from "./spawn-router.ts";

/** Official clients end the session at a longer line. */
const LONGEST_LINE = 10 * 1024 * 1024;

/** What Claude CLI closes the pipe for. */
export class Violation extends Error {
  constructor(rule: string, line: Buffer) {
    super(`${rule}: ${line.toString("utf8", 0, 300)}`);
    this.name = "Violation";
  }
}

/** One reply, parsed and as it was written. */
export interface Reply {
  readonly id: Json;
  readonly result: JsonObject | undefined;
  readonly error: { readonly code: number; readonly message: string; readonly data: JsonObject } | undefined;
  readonly line: Buffer;
}

/** A request or notification of the other side. */
export interface Call {
  readonly id: Json | undefined;
  readonly method: string;
  readonly params: JsonObject;
  readonly line: Buffer;
}

interface OpenRequest {
  readonly progressToken: Json | undefined;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (cause: Error) => void;
}

/**
 * A client on a real pipe that is as strict as the strictest: it ends the session at the first line that is no valid
 * message, answers nothing that is open, reports progress on nothing that is open, or is too long.
 */
export class ParanoidClient {
  readonly router: RouterProcess;
  readonly notifications = new Mailbox<Call>();
  readonly requests = new Mailbox<Call>();
  /** How many lines have come. */
  lines = 0;
  violation: Violation | undefined;
  readonly #open = new Map<string, OpenRequest>();
  readonly #openServerIds = new Set<string>();
  #pending: Buffer[] = [];
  #pendingLength = 0;
  #ids = 0;

  constructor(router: RouterProcess) {
    this.router = router;
    router.child.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
    void router.ended.then(({ exitCode, signal }) => {
      this.#stop(new Error(`the router has ended (${exitCode ?? signal}); stderr: ${router.stderr.slice(-2000)}`));
    });
  }

  /** How many requests have no answer yet. */
  get open(): number {
    return this.#open.size;
  }

  /** Writes these bytes as they are. */
  write(bytes: string | Buffer): void {
    this.router.child.stdin.write(bytes);
  }

  /** Writes and waits until the pipe has taken it all. */
  async pour(bytes: string | Buffer): Promise<void> {
    await new Promise<void>((resolve) => this.router.child.stdin.write(bytes, () => resolve()));
  }

  /** Sends a request and gives its reply, result or error. */
  request(method: string, params: JsonObject = {}, id: Json = ++this.#ids): Promise<Reply> {
    const reply = this.expect(id, progressTokenOf(params));
    this.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    return reply;
  }

  notify(method: string, params: JsonObject = {}): void {
    this.write(`${JSON.stringify({ jsonrpc: "2.0", method, params })}\n`);
  }

  /** From now on nothing may answer the request, nor report progress on it. */
  cancel(id: Json): void {
    this.#open.delete(keyOf(id));
    this.notify("notifications/cancelled", { requestId: id });
  }

  answer(call: Call, result: JsonObject): void {
    this.#openServerIds.delete(keyOf(call.id ?? null));
    this.write(`${JSON.stringify({ jsonrpc: "2.0", id: call.id ?? null, result })}\n`);
  }

  /** The handshake of the session era; gives the reply to `initialize`. */
  async initialize(): Promise<Reply> {
    const reply = await this.request("initialize", {
      protocolVersion: "2025-06-18",
      capabilities: { roots: { listChanged: true } },
      clientInfo: { name: "paranoid-client", version: "1.0.0" },
    });
    this.notify("notifications/initialized");
    return reply;
  }

  /** Waits for the one reply to an id whose request the test writes itself. */
  expect(id: Json, progressToken?: Json): Promise<Reply> {
    if (this.#open.has(keyOf(id))) throw new Error(`the test itself uses the id ${keyOf(id)} twice`);
    const reply = new Promise<Reply>((resolve, reject) => {
      if (this.violation !== undefined) reject(this.violation);
      else this.#open.set(keyOf(id), { progressToken, resolve, reject });
    });
    // A test that fails early leaves promises that nobody looks at.
    reply.catch(() => {});
    return reply;
  }

  /** Closes stdin, waits for the end, and throws what was violated. */
  async finish(): Promise<RouterEnd> {
    this.router.child.stdin.end();
    const end = await this.router.ended;
    if (this.violation !== undefined) throw this.violation;
    return end;
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      const line = Buffer.concat([...this.#pending, rest.subarray(0, end)]);
      rest = rest.subarray(end + 1);
      this.#pending = [];
      this.#pendingLength = 0;
      if (this.violation === undefined) this.#line(line);
    }
    if (rest.length > 0) this.#pending.push(rest);
    this.#pendingLength += rest.length;
    if (this.#pendingLength > LONGEST_LINE) this.#die("a line over 10 MiB", Buffer.concat(this.#pending));
  }

  #line(line: Buffer): void {
    this.lines++;
    if (line.length > LONGEST_LINE) return this.#die("a line over 10 MiB", line);
    let message: Json;
    try {
      message = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(line));
    } catch {
      return this.#die("not JSON in UTF-8", line);
    }
    if (!JSONRPCMessageSchema.safeParse(message).success || !isJsonObject(message)) {
      return this.#die("not a valid message", line);
    }
    const { id, method } = message;
    if (typeof method === "string") this.#call(method, id, message["params"], line);
    else this.#reply(id, message, line);
  }

  #call(method: string, id: Json | undefined, given: Json | undefined, line: Buffer): void {
    const params = isJsonObject(given) ? given : {};
    const call: Call = { id, method, params, line };
    if (id !== undefined) {
      if (this.#openServerIds.has(keyOf(id))) return this.#die("a request with an id that is open", line);
      this.#openServerIds.add(keyOf(id));
      this.requests.put(call);
      return;
    }
    if (method === "notifications/progress") {
      const token = params["progressToken"];
      const live = [...this.#open.values()].some(
        ({ progressToken }) => progressToken !== undefined && progressToken === token,
      );
      if (!live) return this.#die("progress for nothing that is open", line);
    }
    this.notifications.put(call);
  }

  #reply(id: Json | undefined, message: JsonObject, line: Buffer): void {
    const key = keyOf(id ?? null);
    const request = this.#open.get(key);
    if (request === undefined) return this.#die("a reply to nothing that is open", line);
    this.#open.delete(key);
    const { result, error } = message;
    request.resolve({
      id: id ?? null,
      result: isJsonObject(result) ? result : undefined,
      error: isJsonObject(error) ? readError(error) : undefined,
      line,
    });
  }

  /** Ends the session as Claude does: the pipes are closed, nothing more is read. */
  #die(rule: string, line: Buffer): void {
    this.violation = new Violation(rule, line);
    this.#stop(this.violation);
    this.router.child.stdin.destroy();
    this.router.child.stdout.destroy();
  }

  #stop(cause: Error): void {
    for (const { reject } of this.#open.values()) reject(cause);
    this.#open.clear();
    this.notifications.fail(cause);
    this.requests.fail(cause);
  }
}

/** `1` and `"1"` are different ids. */
function keyOf(id: Json): string {
  return JSON.stringify(id);
}

function progressTokenOf(params: JsonObject): Json | undefined {
  const meta = params["_meta"];
  return isJsonObject(meta) ? meta["progressToken"] : undefined;
}

function readError(error: JsonObject): Reply["error"] {
  const { code, message, data } = error;
  return {
    code: Number(code),
    message: typeof message === "string" ? message : "",
    data: isJsonObject(data) ? data : {},
  };
}
