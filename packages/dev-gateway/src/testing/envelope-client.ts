import { randomUUID } from "node:crypto";
import { once } from "node:events";

import { WebSocket } from "ws";
import type { ClientOptions } from "ws";

import { isJsonObject } from "../envelope/json-value.ts";
import type { JsonObject } from "../envelope/json-value.ts";

/** How a connection ended. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

/** A client that speaks envelopes by hand, over a plain ws socket: it shares no code path with the gateway. */
export class EnvelopeClient {
  readonly socket: WebSocket;
  /** Headers of the upgrade answer. */
  readonly upgradeHeaders: Readonly<Record<string, unknown>>;
  readonly ended: Promise<Ending>;
  /** The text of every frame, in order. */
  readonly frames: string[] = [];
  #seen = 0;
  #wake: () => void = () => {};

  private constructor(socket: WebSocket, upgradeHeaders: Readonly<Record<string, unknown>>) {
    this.socket = socket;
    this.upgradeHeaders = upgradeHeaders;
    socket.on("message", (data) => {
      this.frames.push(Buffer.isBuffer(data) ? data.toString("utf8") : "");
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  static async open(url: string, token?: string, options: ClientOptions = {}): Promise<EnvelopeClient> {
    const headers = {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...options.headers,
    };
    const socket = new WebSocket(url, { ...options, headers });
    let answerHeaders = {};
    socket.on("upgrade", (response) => {
      answerHeaders = response.headers;
    });
    const client = new Promise<EnvelopeClient>((resolve) => {
      socket.on("open", () => resolve(new EnvelopeClient(socket, answerHeaders)));
    });
    await once(socket, "open");
    return client;
  }

  /** Sends a message in an envelope and returns the envelope's id. Text is put in as it is. */
  send(message: JsonObject | string, parts: JsonObject = {}): string {
    const id = randomUUID();
    const envelope = { id, timestamp: new Date().toISOString(), source: "local-router", ...parts };
    const payload = typeof message === "string" ? message : JSON.stringify(message);
    this.socket.send(`${JSON.stringify(envelope).slice(0, -1)},"mcp_payload":${payload}}`);
    return id;
  }

  /** The next frame, in order, that matches; frames before it are passed over. */
  async next(matches: (envelope: JsonObject) => boolean = () => true): Promise<JsonObject> {
    for (;;) {
      while (this.#seen < this.frames.length) {
        const value: unknown = JSON.parse(this.frames[this.#seen] ?? "");
        this.#seen += 1;
        if (isJsonObject(value) && matches(value)) return value;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The next message of the server that matches. */
  async nextMessage(matches: (message: JsonObject) => boolean): Promise<JsonObject> {
    const envelope = await this.next(({ mcp_payload: payload }) => isJsonObject(payload) && matches(payload));
    return isJsonObject(envelope["mcp_payload"]) ? envelope["mcp_payload"] : {};
  }

  /** Sends a request and waits for its answer. */
  async request(message: JsonObject): Promise<JsonObject> {
    this.send({ jsonrpc: "2.0", ...message });
    return this.nextMessage((answer) => answer["id"] === message["id"] && !Object.hasOwn(answer, "method"));
  }

  async close(): Promise<Ending> {
    this.socket.close();
    return this.ended;
  }
}
