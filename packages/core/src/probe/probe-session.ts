import type { Clock } from "../clock.ts";
import { escapeForPeople } from "../errors/escape.ts";
import { RouterError } from "../errors/router-error.ts";
import type { Gateway } from "../endpoint/gateway.ts";
import type { WireRead } from "../lane/wire.ts";
import { bounded } from "../link/bounded.ts";
import { asDialError, timedOut } from "../link/dial-failure.ts";
import { openChannel } from "../link/open-channel.ts";
import { orAborted } from "../link/or-aborted.ts";
import { member } from "../message/json-member.ts";
import type { NamespaceOf } from "../message/namespace.ts";
import type { RawMessage } from "../message/raw-message.ts";
import { readOwn } from "../message/read-own.ts";
import type { Credential } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import type { DialTrace } from "../plugin/dial-trace.ts";
import type { JsonObject } from "../plugin/json.ts";
import type { Channel, ChannelEnd } from "../plugin/transport.ts";
import { GatewayRefusal } from "./gateway-refusal.ts";
import { withHint } from "./with-hint.ts";

/** Close codes by which gateways of version 1 answer an envelope they do not understand. */
const NOT_UNDERSTOOD: ReadonlySet<number> = new Set([1003, 1007, 4400]);
/** What an orderly close may take. */
const CLOSE_LIMIT_MS = 500;

export interface ProbeSessionContext {
  readonly gateway: Gateway;
  readonly namespaceOf: NamespaceOf;
  readonly nextTransmissionId: () => string;
  readonly nextPrivateId: () => string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly redact: (text: string) => void;
}

interface Asked {
  readonly message: RawMessage;
  readonly idKey: string | undefined;
  transmission: string;
  readonly resolve: (reply: RawMessage) => void;
  readonly reject: (cause: Error) => void;
}

/** One connection to a gateway on which questions are asked one after the other, as a router would ask them. */
export class ProbeSession {
  readonly #context: ProbeSessionContext;
  #token: string | undefined;
  #toldToken = false;
  #heard = false;
  #channel: Channel | undefined;
  #asked: Asked | undefined;
  #end: ChannelEnd | undefined;
  #alive: () => void = () => {};
  #ended: () => void = () => {};
  readonly #closed: Promise<void>;

  private constructor(context: ProbeSessionContext, credential: Credential) {
    this.#context = context;
    this.#token = credential.bearer?.reveal();
    this.#closed = new Promise((resolve) => (this.#ended = resolve));
  }

  /** @throws DialError; the signal's reason when it aborts. */
  static async open(context: ProbeSessionContext, credential: Credential, trace?: DialTrace): Promise<ProbeSession> {
    const { gateway, clock, signal } = context;
    const { endpoint, transport, dialect } = gateway;
    signal.throwIfAborted();
    const session = new ProbeSession(context, credential);
    const sink = {
      message: (bytes: Buffer) => session.#receive(bytes),
      alive: () => session.#alive(),
      drain: () => {},
      signal: () => {},
      closed: (end: ChannelEnd) => session.#close(end),
    };
    const limitMs = endpoint.connection.timeoutMs;
    try {
      session.#channel = await bounded({ clock, limitMs, stopped: signal }, async (limit) => {
        const opening = transport.open(endpoint, credential, sink, limit, trace);
        return await openChannel(opening, limit);
      });
    } catch (cause) {
      signal.throwIfAborted();
      throw isTimeout(cause) ? timedOut(endpoint, "connection", cause) : asDialError(endpoint, cause);
    }
    dialect.announced(session.#channel.info.headers?.get("x-mcp-gateway-version"), "upgrade");
    return session;
  }

  get channel(): Channel {
    if (this.#channel === undefined) throw new Error("the session is not open");
    return this.#channel;
  }

  /**
   * The reply to a request, which may be an error of JSON-RPC.
   *
   * @throws DialError when the connection ends or nothing comes; GatewayRefusal for an error of the gateway itself;
   * RouterError `BAD_UPSTREAM_REPLY` for what is no answer.
   */
  async ask(method: string, params: JsonObject | undefined, limitMs: number): Promise<RawMessage> {
    const { clock, signal, nextPrivateId, gateway } = this.#context;
    signal.throwIfAborted();
    const head = `{"jsonrpc":"2.0","id":${nextPrivateId()},"method":${JSON.stringify(method)}`;
    const message = readOwn(
      Buffer.from(`${head}${params === undefined ? "" : `,"params":${JSON.stringify(params)}`}}`),
    );
    const answer = new Promise<RawMessage>((resolve, reject) => {
      this.#asked = { message, idKey: message.idKey, transmission: "", resolve, reject };
    });
    // It may be refused before anybody waits for it.
    answer.catch(() => {});
    this.#transmit();
    try {
      return await bounded({ clock, limitMs, stopped: signal }, async (limit) => await orAborted(answer, limit));
    } catch (cause) {
      signal.throwIfAborted();
      if (!isTimeout(cause)) throw cause;
      throw new DialError("timeout", `${gateway.endpoint.name} did not answer ${method} within ${limitMs} ms.`, {
        hint: "The gateway is connected but silent: see its log and that of the server behind it, and check gateway.wire (envelope, or json-rpc for a plain MCP server).",
        cause,
      });
    } finally {
      this.#asked = undefined;
    }
  }

  /** Sends a notification. */
  notify(method: string): void {
    this.#send(readOwn(Buffer.from(`{"jsonrpc":"2.0","method":${JSON.stringify(method)}}`)));
  }

  /** Sends a heartbeat of the transport and waits for its answer. @throws DialError when none comes. */
  async ping(): Promise<void> {
    const { clock, signal, gateway } = this.#context;
    const limitMs = gateway.endpoint.connection.timeoutMs;
    const answer = new Promise<void>((resolve) => (this.#alive = resolve));
    this.channel.ping?.();
    const ended = this.#closed.then(() => {
      throw this.#endError();
    });
    // Whoever waits for the heartbeat hears of it; nobody else does.
    ended.catch(() => {});
    try {
      await bounded({ clock, limitMs, stopped: signal }, async (limit) => {
        await orAborted(Promise.race([answer, ended]), limit);
      });
    } catch (cause) {
      signal.throwIfAborted();
      if (!isTimeout(cause)) throw cause;
      throw new DialError("timeout", `${gateway.endpoint.name} did not answer a heartbeat within ${limitMs} ms.`, {
        hint: "A router would cut this connection whenever it is idle. If the gateway answers no heartbeats, set gateway.features.ping_frames: false.",
        cause,
      });
    } finally {
      this.#alive = () => {};
    }
  }

  /** Whether the gateway has said anything that reads as a message. */
  get heard(): boolean {
    return this.#heard;
  }

  /** Whether the gateway has ended the connection because of the token in the first message: the next one carries none. */
  refusedToken(): boolean {
    const code = this.#end?.code;
    if (code === undefined || !NOT_UNDERSTOOD.has(code) || !this.#toldToken || this.#heard) return false;
    return this.#context.gateway.dialect.refusesTokens(
      `the gateway has closed the connection with code ${code} at the first message`,
    );
  }

  /** Closes the connection, and cuts it when that takes too long. */
  async end(): Promise<void> {
    const channel = this.#channel;
    if (channel === undefined || this.#end !== undefined) return;
    channel.close("the test is over");
    const { clock } = this.#context;
    const timer = clock.after(CLOSE_LIMIT_MS, () => channel.terminate());
    await this.#closed;
    timer.cancel();
  }

  #transmit(): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    if (this.#end !== undefined) asked.reject(this.#endError());
    else asked.transmission = this.#send(asked.message);
  }

  /** @returns the id of the transmission. */
  #send(message: RawMessage): string {
    const { gateway, namespaceOf, nextTransmissionId } = this.#context;
    const id = nextTransmissionId();
    const token = gateway.dialect.features.perMessageAuth ? this.#token : undefined;
    if (token !== undefined) this.#toldToken = true;
    this.channel.send(gateway.wire.encode(message.bytes, { id, namespace: namespaceOf(message), token }), message);
    return id;
  }

  #receive(frame: Buffer): void {
    this.#heard = true;
    this.#alive();
    const read = this.#context.gateway.wire.decode(frame);
    if (read.type === "message") {
      this.#rotate(read.rotatedToken);
      this.#take(read.message);
      return;
    }
    this.#refused(read);
  }

  #rotate(token: string | undefined): void {
    if (token === undefined) return;
    this.#context.redact(token);
    this.#token = token;
  }

  #take(message: RawMessage): void {
    const asked = this.#asked;
    const { kind, idKey, id } = message;
    if (kind === "request") {
      const says =
        message.method === "ping"
          ? '"result":{}'
          : '"error":{"code":-32601,"message":"this is a test of the connection"}';
      this.#send(readOwn(Buffer.from(`{"jsonrpc":"2.0","id":${id ?? "null"},${says}}`)));
    } else if (kind !== "notification" && asked !== undefined && idKey === asked.idKey) asked.resolve(message);
    else if (kind === "error") {
      const error = member(message.json, "error");
      const said = `${JSON.stringify(member(error, "code") ?? null)} ${JSON.stringify(member(error, "message") ?? "")}`;
      asked?.reject(notAnAnswer(`an error that belongs to no request: ${said}`));
    }
  }

  #refused(read: Exclude<WireRead, { readonly type: "message" }>): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    if (read.type === "malformed") {
      asked.reject(notAnAnswer(read.reason));
      return;
    }
    const { code, message } = read.fault;
    const { dialect } = this.#context.gateway;
    const because = `the gateway refuses auth_token (${message})`;
    const old = code === "INVALID_REQUEST" && this.#toldToken && message.includes("auth_token");
    if (old && dialect.refusesTokens(because) && this.#token !== undefined) {
      // Refused once more, it is the message and not its token.
      this.#token = undefined;
      this.#transmit();
    } else asked.reject(new GatewayRefusal(read.fault));
  }

  #close(end: ChannelEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#asked?.reject(this.#endError());
    this.#ended();
  }

  #endError(): DialError {
    const { code, reason, error } = this.#end ?? { code: undefined, reason: "closed", error: undefined };
    const hint = "The log of the gateway tells why; a gateway that is restarting does this for a while.";
    if (error !== undefined) return error.hint === undefined ? withHint(error, hint) : error;
    const said = [code === undefined ? "" : `code ${code}`, reason].filter((text) => text !== "").join(", ");
    const { name } = this.#context.gateway.endpoint;
    return new DialError("unavailable", `${name} closed the connection (${said || "without a word"}).`, { hint });
  }
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof Error && cause.name === "TimeoutError";
}

function notAnAnswer(what: string): RouterError {
  return new RouterError("BAD_UPSTREAM_REPLY", `the gateway sent what is no answer: ${escapeForPeople(what)}`, {
    hint: "Check gateway.wire: envelope for a gateway, json-rpc for a plain MCP server; and the path of gateway.url.",
  });
}
