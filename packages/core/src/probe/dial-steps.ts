import type { DialError } from "../plugin/dial-error.ts";
import type { DialStep, DialTrace } from "../plugin/dial-trace.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { ProxyDecision } from "../plugin/proxy.ts";
import type { ProbeFacts, ProbeStepName } from "./probe-step.ts";
import type { StepRecorder } from "./step-recorder.ts";
import { codesOf, DNS_CODES, TCP_CODES } from "./system-codes.ts";
import { readTrace, type TracedStep } from "./traced-step.ts";
import { tlsNotes } from "./tls-notes.ts";

/** Turns what a transport tells of one dial into steps. */
export class DialSteps {
  readonly #endpoint: Endpoint;
  readonly #route: ProxyDecision;
  readonly #record: StepRecorder;
  readonly #names: readonly DialStep[];
  #traced = false;
  /**
   * Held back until the gateway has answered: what the transport warns of meanwhile belongs to it, and with TLS 1.3 the
   * refusal of a client certificate comes only after the handshake (RFC 8446 §4.4.2.4).
   */
  #tls: TracedStep | undefined;
  /** Held back until the gateway's first answer, which shows whether the layout of frames is the right one. */
  #framing: ProbeFacts | undefined;

  constructor(endpoint: Endpoint, route: ProxyDecision, record: StepRecorder) {
    this.#endpoint = endpoint;
    this.#route = route;
    this.#record = record;
    this.#names = ["proxy", "dns", "tcp", "tls", this.speech];
  }

  readonly trace: DialTrace = { done: (step, facts) => this.#done(step, readTrace(facts)) };

  /** What a dial ends with. */
  get speech(): "upgrade" | "framing" {
    return this.#endpoint.url.protocol.startsWith("tcp") ? "framing" : "upgrade";
  }

  /** Whether nobody knows yet that the gateway speaks as it should. */
  get unanswered(): boolean {
    return !this.#record.has(this.speech) && !this.#record.has("connect");
  }

  /** Tells of the route, when it is known before the dial. */
  begin(): void {
    if (this.#route.proxy === undefined) this.#routeFirst();
  }

  /** The transport has handed over a connection. */
  opened(facts: ProbeFacts): void {
    if (!this.#traced) this.#untraced();
    else if (this.speech === "upgrade") {
      this.#flushTls();
      this.#skipUpTo(this.speech);
      if (!this.#record.has("upgrade")) this.#record.add("upgrade", { facts });
    }
  }

  /** Whatever the gateway said, it said it in its protocol. @param status Of an HTTP answer. */
  reached(status: number | undefined): void {
    this.#flushTls();
    if (!this.#traced) this.#untraced();
    else {
      this.#skipUpTo(this.speech);
      if (this.#record.has(this.speech)) return;
      this.#record.add(this.speech, { facts: { ...this.#framing, ...(status !== undefined && { status }) } });
    }
  }

  /** Which step the error of a dial, or the end of a connection before any answer, belongs to. Those before it are done. */
  failedAt(error: DialError): ProbeStepName {
    if (error.reason !== "tls") this.#flushTls();
    const step = this.#stepOf(error);
    if (step === "connect") this.#routeFirst();
    else this.#skipUpTo(step);
    return step;
  }

  #stepOf(error: DialError): ProbeStepName {
    const { reason } = error;
    if (reason === "proxy" || !this.#mayLookUp()) return "proxy";
    if (reason === "tls") return "tls";
    if (error.status !== undefined) return this.speech;
    const codes = codesOf(error);
    if (codes.some((code) => DNS_CODES.has(code))) return "dns";
    if (codes.some((code) => TCP_CODES.has(code))) return "tcp";
    if (this.#traced) return this.#next();
    return reason === "protocol" || reason === "not_found" ? this.speech : "connect";
  }

  /** Names are looked up here, and not by a proxy that has not answered yet. */
  #mayLookUp(): boolean {
    return this.#route.proxy === undefined || this.#record.has("proxy") || !this.#traced;
  }

  /** The first step that the transport has not reported. */
  #next(): DialStep {
    const secure = /^(wss|tcps|tcp\+tls|https):$/.test(this.#endpoint.url.protocol);
    const last = this.#names.findLastIndex((name) => this.#record.has(name));
    const next = this.#names.slice(last + 1).find((name) => {
      if (name === "tls") return secure;
      if (name === "dns") return this.#route.proxy === undefined && !isAddress(this.#endpoint.url.hostname);
      return name !== "tcp" || this.#route.proxy === undefined;
    });
    return next ?? this.speech;
  }

  #done(step: DialStep, { facts, ms }: TracedStep): void {
    this.#traced = true;
    // On the way to a proxy these are parts of getting there.
    if ((step === "dns" || step === "tcp") && !this.#mayLookUp()) return;
    if (step === "proxy" && this.#route.proxy === undefined) return;
    if (step === "framing") this.#framing = facts;
    else if (!this.#record.has(step)) {
      if (step === "upgrade") this.#flushTls();
      this.#skipUpTo(step);
      if (step === "tls") this.#tls = { facts, ms };
      else if (step === "proxy") this.#record.addQuietly("proxy", { ...this.#routeFacts(), ...facts }, ms);
      else if (step === "upgrade") this.#record.add(step, { facts }, ms);
      else this.#record.addQuietly(step, facts, ms);
    }
  }

  #flushTls(): void {
    const tls = this.#tls;
    if (tls === undefined) return;
    this.#tls = undefined;
    const { facts, ms } = tls;
    this.#skipUpTo("tls");
    this.#record.add("tls", { facts, notes: tlsNotes(this.#endpoint, facts, this.#record.warnings) }, ms);
  }

  #untraced(): void {
    this.#routeFirst();
    if (!this.#record.has("connect")) this.#record.add("connect", {});
  }

  #routeFirst(): void {
    if (!this.#record.has("proxy")) this.#record.addQuietly("proxy", this.#routeFacts());
  }

  /** What the transport has said nothing of is no part of this connection. */
  #skipUpTo(step: ProbeStepName): void {
    for (const name of this.#names) {
      if (name === step) return;
      if (name === "proxy") this.#routeFirst();
      else if (!this.#record.has(name)) this.#record.skip(name, this.#absence(name));
    }
  }

  #absence(name: DialStep): string {
    if (name === "tls") return "the connection is plain text";
    if (this.#route.proxy !== undefined) return "the proxy does it";
    return isAddress(this.#endpoint.url.hostname) ? "the host is an address" : "the transport does not show it";
  }

  #routeFacts(): ProbeFacts {
    const { proxy, because } = this.#route;
    return { through: proxy?.url.host ?? "direct", because };
  }
}

function isAddress(host: string): boolean {
  return host.startsWith("[") || /^\d+(\.\d+){3}$/.test(host);
}
