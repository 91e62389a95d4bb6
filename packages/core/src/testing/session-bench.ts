import { PassThrough } from "node:stream";
import { isObject } from "../config/json-object.ts";
import { MetricsRegistry } from "../host/metrics-registry.ts";
import type { TapFault } from "../host/tap-faults.ts";
import { createBareWire } from "../lane/bare-wire.ts";
import { createEnvelopeWire } from "../lane/envelope-wire.ts";
import { HandshakeMemory } from "../lane/handshake-memory.ts";
import { CredentialSource } from "../link/credential-source.ts";
import { Link } from "../link/link.ts";
import { createNamespaceRules } from "../message/namespace.ts";
import type { CredentialDraft } from "../plugin/credential.ts";
import type { Hooks } from "../plugin/hooks.ts";
import type { SessionLimits } from "../session/limits.ts";
import { Session } from "../session/session.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeTransport } from "./fake-transport.ts";
import { ParanoidClient } from "./paranoid-client.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { sealedHooks } from "./sealed-hooks.ts";
import { settle } from "./settle.ts";
import { TEST_ENDPOINT } from "./test-endpoint.ts";

type Fields = { readonly [name: string]: unknown };

export interface SessionBenchOptions {
  readonly plugins?: { readonly [plugin: string]: (hooks: Hooks) => void };
  readonly limits?: Partial<SessionLimits>;
  readonly maxQueuedRequests?: number;
  readonly maxQueuedBytes?: number;
  readonly maxMessageBytes?: number;
  readonly wire?: "envelope" | "json-rpc";
  readonly authenticate?: (draft: CredentialDraft) => void | Promise<void>;
  readonly stdoutHighWaterMark?: number;
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
  readonly transport = new FakeTransport();
  readonly log = new RecordingLogger();
  readonly metrics = new MetricsRegistry();
  readonly memory = new HandshakeMemory();
  readonly stdin = new PassThrough();
  readonly stdout: PassThrough;
  readonly client = new ParanoidClient();
  readonly faults: TapFault[] = [];
  readonly session: Session;
  /** Secrets that the session has registered. */
  readonly redacted: string[] = [];
  readonly #wire: "envelope" | "json-rpc";

  constructor(options: SessionBenchOptions = {}) {
    const { clock, transport, log, memory } = this;
    this.stdout = new PassThrough({ highWaterMark: options.stdoutHighWaterMark ?? 1024 * 1024 });
    this.#wire = options.wire ?? "envelope";
    transport.policy = "accept";
    transport.answersPings = true;
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
        ...options.limits,
      },
      dispatch: {
        createLink: (owner) =>
          new Link({
            endpoint: TEST_ENDPOINT,
            transport,
            credentials: new CredentialSource({ endpoint: TEST_ENDPOINT, provider, complete: () => undefined }),
            owner,
            hooks: {
              beforeConnect: (attempt) => hooks.beforeConnect.call(attempt),
              linkState: (change) => hooks.onLinkState.call(change),
            },
            backoff: { initialDelayMs: 1000, maxDelayMs: 30_000, multiplier: 2, jitter: 1 },
            clock,
            log,
            random: () => 0,
          }),
        wire: this.#wire === "envelope" ? createEnvelopeWire() : createBareWire(),
        perMessageAuth: this.#wire === "envelope",
        namespaceOf: createNamespaceRules({ default: "default", rules: [] }),
        nextTransmissionId: () => `t${++transmissions}`,
        nextPrivateId: () => JSON.stringify(`mcp-router:private:${++privateIds}`),
        limits: { maxCount: options.maxQueuedRequests ?? 256, maxBytes: options.maxQueuedBytes ?? 8 * 1024 * 1024 },
        maxMessageBytes: options.maxMessageBytes ?? 64 * 1024 * 1024,
      },
      metrics: this.metrics.scope("mcp_router"),
      clock,
      log,
      redact: (text) => void this.redacted.push(text),
    });
    this.stdout.on("data", (chunk: Buffer) => this.client.read(chunk));
    this.session.start();
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

  /** Everything the gateway got, on every connection. */
  get received(): readonly ReceivedFrame[] {
    return this.transport.channels.flatMap(({ sent }, channel) =>
      sent.map((bytes) => {
        const frame = object(JSON.parse(bytes.toString()));
        const payload = this.#wire === "envelope" ? object(frame["mcp_payload"]) : frame;
        return { channel, envelope: frame, payload };
      }),
    );
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
  async deliver(payload: Fields | string, envelope: Fields = {}): Promise<void> {
    const text = typeof payload === "string" ? payload : JSON.stringify({ jsonrpc: "2.0", ...payload });
    const head = JSON.stringify({ source: "gateway", ...envelope }).slice(0, -1);
    this.transport.channel.deliver(this.#wire === "envelope" ? `${head},"mcp_payload":${text}}` : text);
    await this.settle();
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

  /** The gateway answers the handshake that the router repeats. */
  async answerReplay(result: Fields = {}): Promise<void> {
    const asked = this.receivedNow.find(({ payload }) => payload["method"] === "initialize");
    await this.deliver({ id: asked?.payload["id"], result: { ...SERVER, ...result } });
  }

  /** The one error that ended a request. */
  errorOf(id: unknown): { readonly code: unknown; readonly message: string; readonly data: Fields } {
    const [answer, ...more] = this.client.answers(id);
    if (more.length > 0) throw new Error(`${String(id)} was answered ${more.length + 1} times`);
    const error = object(answer?.["error"]);
    return { code: error["code"], message: String(error["message"]), data: object(error["data"]) };
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
