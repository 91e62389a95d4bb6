import type { IncomingHttpHeaders } from "node:http";

import type { Connection } from "../listeners/connection.ts";
import type { SessionInfo } from "./session-info.ts";

/** So that a client which invents namespaces cannot fill the memory. */
const MAX_NAMESPACES = 256;

/** Keeps the figures of one session. */
export class SessionRecord implements SessionInfo {
  readonly id: string;
  readonly transport: string;
  readonly remoteAddress: string;
  readonly headers: IncomingHttpHeaders;
  readonly openedAt = new Date();
  received = 0;
  sent = 0;
  readonly #namespaces = new Set<string>();

  constructor(id: string, connection: Connection) {
    this.id = id;
    this.transport = connection.transport;
    this.remoteAddress = connection.remoteAddress;
    this.headers = connection.headers;
  }

  get namespaces(): readonly string[] {
    return [...this.#namespaces];
  }

  usedNamespace(namespace: string): void {
    if (this.#namespaces.size < MAX_NAMESPACES) this.#namespaces.add(namespace);
  }
}
