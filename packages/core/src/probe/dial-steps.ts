import type { DialError } from "../plugin/dial-error.ts";
import type { DialStep, DialTrace } from "../plugin/dial-trace.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { ProxyDecision } from "../plugin/proxy.ts";
import { DAYS_OF_WARNING, expiresIn } from "./certificate-report.ts";
import type { ProbeFacts, ProbeStepName } from "./probe-step.ts";
import type { Found, StepRecorder } from "./step-recorder.ts";
import { codesOf, DNS_CODES } from "./system-codes.ts";

const VERIFY_OFF =
  "gateway.tls.verify is false: anyone on the network can read the token and change messages; gateway.tls.ca_cert_path trusts an authority of your own";

/** Turns what a transport tells of one dial into steps. */
export class DialSteps {
  readonly #endpoint: Endpoint;
  readonly #route: ProxyDecision;
  readonly #record: StepRecorder;
  readonly #names: readonly DialStep[];
  #traced = false;
  /** What was found of the layout of frames: the first answer shows whether it is the right one. */
  #framing: ProbeFacts | undefined;

  constructor(endpoint: Endpoint, route: ProxyDecision, record: StepRecorder) {
    this.#endpoint = endpoint;
    this.#route = route;
    this.#record = record;
    this.#names = ["proxy", "dns", "tcp", "tls", this.speech];
  }

  readonly trace: DialTrace = { done: (step, facts) => this.#done(step, facts) };

  /** What a dial ends with. */
  get speech(): "upgrade" | "framing" {
    return this.#endpoint.url.protocol.startsWith("tcp") ? "framing" : "upgrade";
  }

  /** Tells of the route, when it is known before the dial. */
  begin(): void {
    if (this.#route.proxy === undefined) this.#record.add("proxy", { facts: this.#routeFacts() });
  }

  /** The transport has handed over a connection. What it speaks shows with the first answer where nothing was negotiated. */
  opened(facts: ProbeFacts): void {
    if (this.#traced) this.#skipUpTo(this.speech);
    else this.#untraced();
    if (this.#traced && this.speech === "upgrade" && !this.#record.has("upgrade"))
      this.#record.add("upgrade", { facts });
  }

  /** Whether nobody knows yet that the gateway speaks as it should. */
  get unanswered(): boolean {
    return !this.#record.has(this.speech) && !this.#record.has("connect");
  }

  /** Which step the error of a dial belongs to. Those before it are done. */
  failedAt(error: DialError): ProbeStepName {
    const step = this.#stepOf(error);
    if (step === "proxy") return step;
    if (step === "connect") this.#routeFirst();
    else this.#skipUpTo(step);
    return step;
  }

  /** Whatever the gateway said, it said it in its protocol. @param status Of an HTTP answer. */
  reached(status: number | undefined): void {
    if (!this.#traced) this.#untraced();
    else {
      this.#skipUpTo(this.speech);
      if (!this.#record.has(this.speech)) {
        this.#record.add(this.speech, { facts: { ...this.#framing, ...(status !== undefined && { status }) } });
      }
    }
  }

  #stepOf(error: DialError): ProbeStepName {
    const { reason } = error;
    if (reason === "proxy") return "proxy";
    if (reason === "tls") return "tls";
    if (error.status !== undefined) return this.speech;
    const codes = codesOf(error);
    if (codes.some((code) => DNS_CODES.has(code))) return "dns";
    if (codes.some((code) => /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL)$/.test(code))) {
      return this.#route.proxy === undefined ? "tcp" : "proxy";
    }
    if (!this.#traced) return reason === "protocol" || reason === "not_found" ? this.speech : "connect";
    return this.#next();
  }

  /** The first step that the transport has not reported. */
  #next(): DialStep {
    const secure = /^(wss|tcps|tcp\+tls|https):$/.test(this.#endpoint.url.protocol);
    const last = this.#names.findLastIndex((name) => this.#record.has(name));
    const next = this.#names.slice(last + 1).find((name) => name !== "tls" || secure);
    return next ?? this.speech;
  }

  #done(step: DialStep, facts: ProbeFacts): void {
    this.#traced = true;
    if (step === "framing") {
      this.#framing = facts;
      return;
    }
    if (this.#record.has(step)) return;
    if (step !== "dns" && step !== "tcp") this.#skipUpTo(step);
    const found = step === "tls" ? this.#tlsFound(facts) : { facts };
    this.#record.add(step, step === "proxy" ? { facts: { ...this.#routeFacts(), ...facts } } : found);
  }

  #untraced(): void {
    this.#routeFirst();
    if (!this.#record.has("connect")) this.#record.add("connect", {});
  }

  #routeFirst(): void {
    if (!this.#record.has("proxy")) this.#record.add("proxy", { facts: this.#routeFacts() });
  }

  /** What the transport has said nothing of is no part of this connection. */
  #skipUpTo(step: ProbeStepName): void {
    for (const name of this.#names) {
      if (name === step) return;
      if (this.#record.has(name)) continue;
      if (name === "proxy") this.#routeFirst();
      else this.#record.skip(name, this.#absence(name));
    }
  }

  #absence(name: DialStep): string {
    if (name === "tls") return "the connection is plain text";
    if (this.#route.proxy !== undefined) return "the proxy does it";
    return name === "dns" ? "the host is an address" : "the transport does not show it";
  }

  #routeFacts(): ProbeFacts {
    const { proxy, because } = this.#route;
    return { through: proxy?.url.host ?? "direct", because };
  }

  #tlsFound(facts: ProbeFacts): Found {
    const days = facts["days_left"];
    const soon = typeof days === "number" && days >= 0 && days <= DAYS_OF_WARNING;
    const notes = [
      this.#endpoint.tls.verify ? undefined : VERIFY_OFF,
      soon ? `the certificate of the gateway: ${expiresIn(days)}` : undefined,
    ].filter((note) => note !== undefined);
    return { facts, notes };
  }
}
