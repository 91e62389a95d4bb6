import type { Lane } from "../lane/lane.ts";
import { idKey } from "../message/id-key.ts";
import type { ClientRequest } from "./client-request.ts";

/** A request of the gateway that the client has not answered yet. */
export interface ServerRequest {
  /** The key of the id that the client sees. */
  readonly key: string;
  readonly lane: Lane;
  /** The id as the client sees it, and as the gateway wrote it; they differ from the second gateway session on. */
  readonly clientId: string;
  readonly gatewayId: string;
  readonly gatewayKey: string;
  /** The progress token likewise, when the request carries one. */
  readonly clientProgressKey: string | undefined;
  readonly gatewayProgress: string | undefined;
}

/**
 * Every request that is open, in both directions. Both sides may use the same id at once, so there are two books; a
 * request leaves its book exactly once, and what finds no entry is answered or delivered no more.
 */
export class Ledger {
  readonly #requests = new Map<string, ClientRequest>();
  readonly #progress = new Map<string, ClientRequest>();
  readonly #serverRequests = new Map<string, ServerRequest>();

  get openRequests(): number {
    return this.#requests.size;
  }

  get openServerRequests(): number {
    return this.#serverRequests.size;
  }

  /** @returns false when a request with that id is open already. */
  open(request: ClientRequest): boolean {
    if (this.#requests.has(request.key)) return false;
    this.#requests.set(request.key, request);
    const token = request.progressKey;
    if (token !== undefined) this.#progress.set(token, request);
    return true;
  }

  close(request: ClientRequest): void {
    this.#requests.delete(request.key);
    const token = request.progressKey;
    if (token !== undefined && this.#progress.get(token) === request) this.#progress.delete(token);
  }

  request(key: string): ClientRequest | undefined {
    return this.#requests.get(key);
  }

  /** Whether a request with this id, as written, is open. */
  isOpen(id: string): boolean {
    return this.#requests.has(idKey(id) ?? "");
  }

  /** The open request that asked for progress under this token. */
  byProgress(key: string): ClientRequest | undefined {
    return this.#progress.get(key);
  }

  /** The open request whose latest transmission has this id. A walk: only gateways with a quirk make it necessary. */
  byCorrelation(correlationId: string): ClientRequest | undefined {
    for (const request of this.#requests.values()) {
      if (request.correlationId === correlationId) return request;
    }
    return undefined;
  }

  requests(): IterableIterator<ClientRequest> {
    return this.#requests.values();
  }

  /** @returns false when the gateway has a request with that id open already. */
  openServerRequest(request: ServerRequest): boolean {
    if (this.#serverRequests.has(request.key)) return false;
    this.#serverRequests.set(request.key, request);
    request.lane.occupy();
    return true;
  }

  closeServerRequest(key: string): ServerRequest | undefined {
    const request = this.#serverRequests.get(key);
    if (this.#serverRequests.delete(key)) request?.lane.release();
    return request;
  }

  /** A request of the gateway, by the key of the id that the client sees. */
  serverRequest(key: string): ServerRequest | undefined {
    return this.#serverRequests.get(key);
  }

  /** A request of the gateway, as the gateway knows it. */
  serverRequestOf(lane: Lane, gatewayKey: string): ServerRequest | undefined {
    for (const request of this.#serverRequests.values()) {
      if (request.lane === lane && request.gatewayKey === gatewayKey) return request;
    }
    return undefined;
  }

  serverRequestByProgress(clientProgressKey: string): ServerRequest | undefined {
    for (const request of this.#serverRequests.values()) {
      if (request.clientProgressKey === clientProgressKey) return request;
    }
    return undefined;
  }

  /** Takes every request of a lost lane out of the book. */
  takeServerRequests(lane: Lane): readonly ServerRequest[] {
    const lost = [...this.#serverRequests.values()].filter((request) => request.lane === lane);
    for (const request of lost) this.closeServerRequest(request.key);
    return lost;
  }
}
