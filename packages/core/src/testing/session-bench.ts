import { PassThrough } from "node:stream";
import { isObject } from "../config/json-object.ts";
import type { GatewayVersion } from "../config/resolved-config.ts";
import type { FeatureSwitches } from "../endpoint/gateway-dialect.ts";
import { MetricsRegistry } from "../host/metrics-registry.ts";
import type { TapFault } from "../host/tap-faults.ts";
import { SessionMemory } from "../lane/session-memory.ts";
import { createNamespaceRules } from "../message/namespace.ts";
import type { CredentialDraft } from "../plugin/credential.ts";
import type { Hooks } from "../plugin/hooks.ts";
import type { PoolLimits } from "../dispatch/pool-options.ts";
import type { SafeToolsOptions } from "../session/safe-tools.ts";
import type { SessionLimits } from "../session/limits.ts";
import { Session } from "../session/session.ts";
import { benchGateway } from "./bench-gateway.ts";
import { FakeClock } from "./fake-clock.ts";
import { type FakeChannel, FakeTransport } from "./fake-transport.ts";
import { ParanoidClient } from "./paranoid-client.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { sealedHooks } from "./sealed-hooks.ts";
import { settle } from "./settle.ts";
import { endpointNumber } from "./test-endpoint.ts";

type Fields = { readonly [name: string]: unknown };

export interface SessionBenchOptions {
  readonly plugins?: { readonly [plugin: string]: (hooks: Hooks) => void };
  readonly limits?: Partial<SessionLimits>;
  readonly maxQueuedRequests?: number;
  readonly maxQueuedBytes?: number;
  readonly maxMessageBytes?: number;
  readonly wire?: "envelope" | "json-rpc";
  readonly version?: GatewayVersion;
  readonly features?: FeatureSwitches;
  readonly authenticate?: (draft: CredentialDraft) => void | Promise<void>;
  readonly stdoutHighWaterMark?: number;
  /** How many endpoints there are. Default 1. */
  readonly endpoints?: number;
  readonly pool?: Partial<PoolLimits>;
  readonly retry?: Partial<SafeToolsOptions & { readonly budget: number }>;
}

/** A frame the gateway got, opened. */
export interface ReceivedFrame {
  readonly channel: number;
  readonly envelope: Fields;
  readonly payload: Fields;
}

/** A session between a strict client and a gateway that is the test. Time stands still until it is moved. */
export class SessionBench {
  readonly clock = new FakeClock();
  /** That of each endpoint, the best first. */
  readonly transports: readonly FakeTransport[];
  readonly log = new RecordingLogger();
  readonly metrics = new MetricsRegistry();
  readonly memory = new SessionMemory();
  readonly stdin = new PassThrough();
  readonly stdout: PassThrough;
  readonly client = new ParanoidClient();
  readonly faults: TapFault[] = [];
  readonly session: Session;
  /** Secrets that the session has registered. */
  readonly redacted: string[] = [];
  readonly #wire: "envelope" | "json-rpc";
  readonly #answered = new Set<string>();
  readonly #credentialListeners: (() => void)[] = [];

  constructor(options: SessionBenchOptions = {}) {
    const { clock, log, memory } = this;
    this.transports = Array.from({ length: options.endpoints ?? 1 }, () => new FakeTransport());
    this.stdout = new PassThrough({ highWaterMark: options.stdoutHighWaterMark ?? 1024 * 1024 });
    this.#wire = options.wire ?? "envelope";
    for (const transport of this.transports) {
      transport.policy = "accept";
      transport.answersPings = true;
    }
    let transmissions = 0;
    let privateIds = 0;
    const provider = options.authenticate === undefined ? undefined : { authenticate: options.authenticate };
    const hooks = sealedHooks(options.plugins ?? {}, this.faults, () => clock.now());
    this.session = new Session({
      stdin: this.stdin,
      stdout: this.stdout,
      hooks,
      memory,
      limits: {
        requestTimeoutMs: 60_000,
        callTimeoutMs: 0,
        callIdleTimeoutMs: 1_800_000,
        holdInitializeUntil: clock.now() + 20_000,
        connectTimeoutMs: 5000,
        discoverTimeoutMs: 2100,
        maxConcurrentRequests: 10_000,
        maxServerRequests: 1000,
        clientStallMs: 300_000,
        ...options.limits,
      },
      dispatch: {
        gateways: this.transports.map((transport, index) =>
          benchGateway({
            endpoint: endpointNumber(index),
            transport,
            provider,
            hooks,
            wire: options.wire ?? "envelope",
            version: options.version ?? "auto",
            features: options.features ?? {},
            onCredentialChanged: (listener) => void this.#credentialListeners.push(listener),
            clock,
            log,
          }),
        ),
        lanes: {
          namespaceOf: createNamespaceRules({ default: "default", rules: [] }),
          nextTransmissionId: () => `t${++transmissions}`,
          nextPrivateId: () => JSON.stringify(`mcp-router:private:${++privateIds}`),
        },
        pool: { size: 1, maxIdle: 1, idleTimeoutMs: 30_000, maxLifetimeMs: 0, ...options.pool },
        limits: { maxCount: options.maxQueuedRequests ?? 256, maxBytes: options.maxQueuedBytes ?? 8 * 1024 * 1024 },
        maxMessageBytes: options.maxMessageBytes ?? 64 * 1024 * 1024,
      },
      retry: { names: [], trustAnnotations: false, budget: 10, ...options.retry },
      random: () => 0,
      metrics: this.metrics.scope("mcp_router"),
      clock,
      log,
      redact: (text) => void this.redacted.push(text),
      hide: (text) => text,
    });
    this.stdout.on("data", (chunk: Buffer) => this.client.read(chunk));
    this.session.start();
  }

  /** The transport of the best endpoint. */
  get transport(): FakeTransport {
    const [first] = this.transports;
    if (first === undefined) throw new Error("the bench has no endpoint");
    return first;
  }

  /** Lets everything due happen, and fails on whatever would end a client's session. */
  async settle(): Promise<void> {
    await settle();
    this.check();
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.settle();
  }

  check(): void {
    if (this.client.violations.length > 0) throw new Error(this.client.violations.join("\n"));
  }

  /** The client writes these messages. */
  async send(...messages: readonly Fields[]): Promise<void> {
    for (const message of messages) {
      this.client.wrote({ jsonrpc: "2.0", ...message });
      this.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    }
    await this.settle();
  }

  /** The client writes these lines as they are. */
  async sendRaw(...lines: readonly string[]): Promise<void> {
    for (const line of lines) this.stdin.write(`${line}\n`);
    await this.settle();
  }

  /** Everything the best endpoint got, on every connection. */
  get received(): readonly ReceivedFrame[] {
    return this.receivedBy(0);
  }

  /** Everything an endpoint got, on every connection. */
  receivedBy(endpoint: number): readonly ReceivedFrame[] {
    const channels = this.transports[endpoint]?.channels ?? [];
    return channels.flatMap(({ sent }, channel) =>
      sent.map((bytes) => {
        const frame = object(JSON.parse(bytes.toString()));
        const payload = this.#wire === "envelope" ? object(frame["mcp_payload"]) : frame;
        return { channel, envelope: frame, payload };
      }),
    );
  }

  /** The methods of what a connection of an endpoint got, in order. */
  methodsOn(channel: number, endpoint = 0): readonly unknown[] {
    return this.receivedBy(endpoint)
      .filter((frame) => frame.channel === channel)
      .map(({ payload }) => payload["method"]);
  }

  /** The requests that a connection of an endpoint got, by their ids. */
  idsOn(channel: number, method: string, endpoint = 0): readonly unknown[] {
    return this.receivedBy(endpoint)
      .filter((frame) => frame.channel === channel && frame.payload["method"] === method)
      .map(({ payload }) => payload["id"]);
  }

  /** What the gateway got on the connection that is open now. */
  get receivedNow(): readonly ReceivedFrame[] {
    return this.received.filter(({ channel }) => channel === this.transport.channels.length - 1);
  }

  /** The methods of what the gateway got on the connection that is open now, in order. */
  get methodsNow(): readonly unknown[] {
    return this.receivedNow.map(({ payload }) => payload["method"]);
  }

  /** The frames that carry a request with this id. */
  transmissions(id: unknown): readonly ReceivedFrame[] {
    return this.received.filter(({ payload }) => payload["id"] === id && payload["method"] !== undefined);
  }

  /** The gateway sends a payload, with more members of the envelope if need be. */
  async deliver(payload: Fields | string, envelope: Fields = {}, channel = this.transport.channel): Promise<void> {
    const text = typeof payload === "string" ? payload : JSON.stringify({ jsonrpc: "2.0", ...payload });
    const head = JSON.stringify({ source: "gateway", ...envelope }).slice(0, -1);
    channel.deliver(this.#wire === "envelope" ? `${head},"mcp_payload":${text}}` : text);
    await this.settle();
  }

  /** A connection of an endpoint, by the order in which they were opened. */
  channel(index: number, endpoint = 0): FakeChannel {
    const channel = this.transports[endpoint]?.channels[index];
    if (channel === undefined) throw new Error(`no connection ${index} to endpoint ${endpoint}`);
    return channel;
  }

  /** The gateway sends a payload on this connection. */
  async deliverOn(channel: number, payload: Fields, endpoint = 0): Promise<void> {
    await this.deliver(payload, {}, this.channel(channel, endpoint));
  }

  /** The gateway answers everything on this connection that the router itself has asked: the session is repeated. */
  async answerRouter(channel: number, endpoint = 0, result: Fields = {}): Promise<void> {
    for (const method of ["initialize", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"]) {
      for (const id of this.idsOn(channel, method, endpoint)) {
        const key = `${endpoint} ${channel} ${String(id)}`;
        if (!String(id).startsWith("mcp-router:private:") || this.#answered.has(key)) continue;
        this.#answered.add(key);
        await this.deliverOn(
          channel,
          { id, result: method === "initialize" ? { ...SERVER, ...result } : {} },
          endpoint,
        );
      }
    }
  }

  /** The gateway sends a frame as it is. */
  async deliverRaw(frame: string): Promise<void> {
    this.transport.channel.deliver(frame);
    await this.settle();
  }

  async lose(code = 1006): Promise<void> {
    this.transport.channel.lose({ code, reason: "reset" });
    await this.settle();
  }

  /** Loses the connection and waits for the next. */
  async reconnect(): Promise<void> {
    const { length } = this.transport.channels;
    await this.lose();
    await this.advance(0);
    while (this.transport.channels.length === length) await this.advance(250);
  }

  /** The client's session with the gateway begins, `initialized` included. */
  async handshake(result: Fields = {}): Promise<void> {
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
    await this.send({ id: "init", method: "initialize", params });
    await this.deliver({ id: "init", result: { ...SERVER, ...result } });
    await this.send({ method: "notifications/initialized" });
  }

  /** The client begins another session on the same connection. */
  async handshakeAgain(): Promise<void> {
    await this.send({ id: "init again", method: "initialize" });
    await this.deliver({ id: "init again", result: SERVER });
    await this.send({ method: "notifications/initialized" });
  }

  /** The gateway answers the handshake that the router repeats. */
  async answerReplay(result: Fields = {}): Promise<void> {
    const asked = this.receivedNow.find(({ payload }) => payload["method"] === "initialize");
    this.#answered.add(`0 ${this.transport.channels.length - 1} ${String(asked?.payload["id"])}`);
    await this.deliver({ id: asked?.payload["id"], result: { ...SERVER, ...result } });
  }

  /** The one error that ended a request. */
  errorOf(id: unknown): { readonly code: unknown; readonly message: string; readonly data: Fields } {
    const [answer, ...more] = this.client.answers(id);
    if (more.length > 0) throw new Error(`${String(id)} was answered ${more.length + 1} times`);
    const error = object(answer?.["error"]);
    return { code: error["code"], message: String(error["message"]), data: object(error["data"]) };
  }

  /** The sign-in of every endpoint has another credential than it gave before. */
  async changeCredential(): Promise<void> {
    for (const listener of this.#credentialListeners) listener();
    await this.settle();
  }

  /** A counter or gauge by its name and labels. */
  metric(name: string): number {
    return this.metrics.snapshot().get(`mcp_router_${name}`) ?? 0;
  }

  dropped(from: string, reason: string): number {
    return this.metric(`dropped_total{from="${from}",reason="${reason}"}`);
  }
}

/** What the gateway's server says of itself in the handshake. */
export const SERVER = Object.freeze({
  protocolVersion: "2025-11-25",
  capabilities: { tools: { listChanged: true }, prompts: {}, resources: { listChanged: true } },
  serverInfo: { name: "server", version: "1" },
});

function object(value: unknown): Fields {
  return isObject(value) ? value : {};
}
