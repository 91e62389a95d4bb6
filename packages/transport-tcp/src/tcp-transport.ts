import {
  type Channel,
  type ChannelSink,
  type Credential,
  DialError,
  type DialTrace,
  type Endpoint,
  type HealthAnswer,
  type ProxyFor,
  type Transport,
  type TransportContext,
} from "@mcp-router/core/plugin";
import { askHealth, DialProgress, hostAndPort, protocolMismatch, speaksTls } from "@mcp-router/sockets";
import { dial, type DialSettings } from "./dial.ts";
import { TLS_ON_PLAIN } from "./mismatch.ts";
import { FRAMED_TCP } from "./tcp-protocol.ts";

/** Dials gateways that speak frames on TCP or TLS. Of a credential only the TLS material goes out with the dial. */
export class TcpTransport implements Transport {
  readonly defaultWire = "envelope";
  readonly #settings: Omit<DialSettings, "decision" | "trace" | "warn">;
  readonly #proxyFor: ProxyFor;
  #warned = false;
  #warnedOfExpiry = false;
  /** Whether the port has hung up on what we said without a word of its own; whether it was tried with TLS since. */
  #hungUp = false;
  #tried = false;

  constructor({ log, wire = "envelope", framing, createCodec, proxyFor }: TransportContext) {
    this.#proxyFor = proxyFor;
    this.#settings = {
      framing: framing ?? (wire === "json-rpc" ? "lines" : "guide"),
      createCodec,
      wire,
      log,
      hungUp: () => {
        this.#hungUp = true;
      },
    };
  }

  /** @throws DialError saying why, and whether waiting can mend it. */
  async open(
    endpoint: Endpoint,
    credential: Credential,
    sink: ChannelSink,
    signal: AbortSignal,
    trace?: DialTrace,
  ): Promise<Channel> {
    if (endpoint.url.protocol !== "tcp:" && !endpoint.tls.verify && !this.#warned) {
      this.#warned = true;
      this.#settings.log.warn(
        { endpoint: endpoint.name },
        "gateway.tls.verify is false: anyone on the network can read the token and change messages; use gateway.tls.ca_cert_path instead",
      );
    }
    const decision = this.#proxyFor(endpoint.url);
    // The trial goes to the gateway itself: behind a proxy the hint about TLS has to do.
    if (endpoint.url.protocol === "tcp:" && decision.proxy === undefined && this.#hungUp && !this.#tried) {
      await this.#tryTls(endpoint, signal);
    }
    const warn = (text: string): void => {
      if (!this.#warnedOfExpiry) this.#settings.log.warn({ endpoint: endpoint.name }, text);
      this.#warnedOfExpiry = true;
    };
    return await dial(endpoint, credential, sink, signal, { ...this.#settings, decision, trace, warn });
  }

  /** A port of TLS hangs up on plain text, as one does whose gateway is starting: only a handshake tells them apart. */
  async #tryTls(endpoint: Endpoint, signal: AbortSignal): Promise<void> {
    const { url, connection } = endpoint;
    if (await speaksTls(endpoint, signal)) {
      const progress = new DialProgress({ url, secure: false, timeoutMs: connection.timeoutMs, protocol: FRAMED_TCP });
      throw protocolMismatch(progress, TLS_ON_PLAIN);
    }
    this.#tried = !signal.aborted;
  }

  /** @throws DialError `not_found` without a URL: a port of frames does not speak HTTP. */
  async health(endpoint: Endpoint, url: URL | undefined, signal: AbortSignal): Promise<HealthAnswer> {
    if (url === undefined) {
      throw new DialError("not_found", `${hostAndPort(endpoint.url)} speaks frames: it has no health endpoint.`, {
        hint: "Write the http:// or https:// address of the gateway's health endpoint into gateway.health.url.",
      });
    }
    return await askHealth(endpoint, url, signal, this.#proxyFor);
  }
}
