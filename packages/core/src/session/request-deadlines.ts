import type { Clock } from "../clock.ts";
import type { ClientRequest } from "./client-request.ts";
import { Deadlines } from "./deadlines.ts";
import type { SessionLimits } from "./limits.ts";

/** Gives each request the deadline that its method and its state call for. */
export class RequestDeadlines {
  readonly #deadlines: Deadlines<ClientRequest>;
  readonly #limits: SessionLimits;
  readonly #clock: Clock;

  constructor(limits: SessionLimits, clock: Clock, expired: (request: ClientRequest) => void) {
    this.#deadlines = new Deadlines(clock, expired);
    this.#limits = limits;
    this.#clock = clock;
  }

  get all(): Deadlines<ClientRequest> {
    return this.#deadlines;
  }

  /** Until it is sent: what waits for a gateway waits no longer than a read may take. */
  arrived(request: ClientRequest): void {
    const { requestTimeoutMs, discoverTimeoutMs } = this.#limits;
    if (request.method === "server/discover") this.#deadlines.set(request, discoverTimeoutMs);
    else if (request.method === "initialize") this.#holdInitialize(request);
    else this.#deadlines.set(request, requestTimeoutMs);
  }

  /** It was sent and waits to be sent again. A read keeps the deadline it has: the client has begun to wait already. */
  waitsAgain(request: ClientRequest): void {
    if (request.method === "initialize") {
      // Once: a gateway that ends every connection must not put the end of the wait off each time.
      if (request.attempts === 1) this.#holdInitialize(request);
    } else if (request.methodClass === "act") this.#deadlines.set(request, this.#limits.requestTimeoutMs);
  }

  /** How long it may still wait before it is sent, or sent again, in milliseconds. */
  leftToWait({ methodClass, expiresAt }: ClientRequest): number {
    const { requestTimeoutMs } = this.#limits;
    if (methodClass === "act") return requestTimeoutMs > 0 ? requestTimeoutMs : Number.POSITIVE_INFINITY;
    return expiresAt === undefined ? Number.POSITIVE_INFINITY : expiresAt - this.#clock.now();
  }

  /** From the transmission on. The probe keeps the deadline of its arrival. */
  sent(request: ClientRequest): void {
    const { requestTimeoutMs, callTimeoutMs, callIdleTimeoutMs } = this.#limits;
    const { method, methodClass, attempts } = request;
    if (method === "server/discover") return;
    if (attempts > 1 && methodClass !== "act" && methodClass !== "stream") return;
    if (methodClass === "stream") this.#deadlines.clear(request);
    else if (methodClass === "act") {
      const limits = [callTimeoutMs, callIdleTimeoutMs].filter((limit) => limit > 0);
      this.#deadlines.set(request, limits.length === 0 ? 0 : Math.min(...limits));
    } else this.#deadlines.set(request, requestTimeoutMs);
  }

  /** Progress restarts the idle time of an acting call, never past its absolute limit. */
  progressed(request: ClientRequest): void {
    const { callTimeoutMs, callIdleTimeoutMs } = this.#limits;
    if (request.methodClass !== "act" || callIdleTimeoutMs === 0) return;
    const left =
      callTimeoutMs === 0 ? Number.POSITIVE_INFINITY : callTimeoutMs - (this.#clock.now() - (request.sentAt ?? 0));
    this.#deadlines.set(request, Math.max(1, Math.min(callIdleTimeoutMs, left)));
  }

  #holdInitialize(request: ClientRequest): void {
    const { holdInitializeUntil, connectTimeoutMs } = this.#limits;
    this.#deadlines.set(request, Math.max(connectTimeoutMs, holdInitializeUntil - this.#clock.now()));
  }

  stop(): void {
    this.#deadlines.stop();
  }
}
