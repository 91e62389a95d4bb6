import type {
  Channel,
  ChannelSink,
  Credential,
  DialTrace,
  Endpoint,
  HealthAnswer,
  Transport,
  TransportContext,
} from "@mcp-router/core/plugin";
import { askHealth } from "@mcp-router/sockets";
import { dial } from "./dial.ts";

/** Dials WebSocket gateways with the package `ws`. */
export class WebSocketTransport implements Transport {
  readonly defaultWire = "envelope";
  readonly #context: TransportContext;
  #warned = false;
  #warnedOfExpiry = false;

  constructor(context: TransportContext) {
    this.#context = context;
  }

  /** @throws DialError saying why, and whether waiting can mend it; every failure is one. */
  async open(
    endpoint: Endpoint,
    credential: Credential,
    sink: ChannelSink,
    signal: AbortSignal,
    trace?: DialTrace,
  ): Promise<Channel> {
    if (endpoint.url.protocol === "wss:" && !endpoint.tls.verify && !this.#warned) {
      this.#warned = true;
      this.#context.log.warn(
        { endpoint: endpoint.name },
        "gateway.tls.verify is false: anyone on the network can read the token and change messages; use gateway.tls.ca_cert_path instead",
      );
    }
    const decision = this.#context.proxyFor(endpoint.url);
    const warn = (text: string): void => {
      if (!this.#warnedOfExpiry) this.#context.log.warn({ endpoint: endpoint.name }, text);
      this.#warnedOfExpiry = true;
    };
    return await dial(endpoint, credential, sink, signal, { decision, trace, warn });
  }

  async health(endpoint: Endpoint, url: URL | undefined, signal: AbortSignal): Promise<HealthAnswer> {
    return await askHealth(endpoint, url ?? healthOf(endpoint.url), signal, this.#context.proxyFor);
  }
}

/** `/health` where the gateway itself is. */
function healthOf({ protocol, host }: URL): URL {
  return new URL(`${protocol === "wss:" ? "https:" : "http:"}//${host}/health`);
}
