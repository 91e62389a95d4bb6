const LIMIT = 10_000;

/** What is remembered of a request until its answer passes. */
export interface OpenRequest {
  readonly namespace: string;
  readonly correlationId?: string;
}

/** The client's requests that wait for an answer, by id. */
export class OpenRequests {
  readonly #requests = new Map<string, OpenRequest>();

  /** Remembers a request. Cancelled ones are never answered, so the oldest make room at the limit. */
  add(idKey: string, request: OpenRequest): void {
    this.#requests.delete(idKey);
    this.#requests.set(idKey, request);
    if (this.#requests.size <= LIMIT) return;
    const [oldest] = this.#requests.keys();
    if (oldest !== undefined) this.#requests.delete(oldest);
  }

  /** Finds and forgets the request an answer belongs to. */
  take(idKey: string): OpenRequest | undefined {
    const request = this.#requests.get(idKey);
    this.#requests.delete(idKey);
    return request;
  }
}
