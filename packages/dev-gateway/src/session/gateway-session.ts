import type { BearerGuard } from "../access/bearer-guard.ts";
import type { NamespacePolicy } from "../access/namespace-policy.ts";
import { messageFacts } from "../envelope/message-facts.ts";
import type { MessageFacts } from "../envelope/message-facts.ts";
import { namespaceOf } from "../envelope/namespace-of.ts";
import { parseJson } from "../envelope/parse-json.ts";
import type { Envelope } from "../envelope/envelope.ts";
import type { GatewayFault } from "../envelope/gateway-fault.ts";
import type { EnvelopeContext } from "../envelope/write-envelope.ts";
import type { GatewayEventHub } from "../events/gateway-event-hub.ts";
import type { FaultInjector } from "../faults/fault-injector.ts";
import type { FaultySession, Outgoing } from "../faults/fault.ts";
import type { Connection, ConnectionEvents, FrameOptions } from "../listeners/connection.ts";
import type { Pace } from "../listeners/pace.ts";
import type { LogLevel, LogSink } from "../log/log-entry.ts";
import type { WrittenFrame, Wire } from "../wire/wire.ts";
import type { MessageAuth, Objection } from "./message-auth.ts";
import { OpenRequests } from "./open-requests.ts";
import { SessionRecord } from "./session-record.ts";
import type { SendOptions, Session } from "./session.ts";
import { HandlerSlot } from "./handler-slot.ts";
import type { SessionFactory } from "./session-handler.ts";

/** A gateway error carries no message. */
const NO_MESSAGE: MessageFacts = { kind: "other" };

/** What every session of a gateway shares. */
export interface SessionSurroundings {
  readonly wire: Wire;
  readonly guard: BearerGuard;
  readonly messageAuth: MessageAuth;
  readonly namespaces: NamespacePolicy;
  readonly events: GatewayEventHub;
  readonly log: LogSink;
  readonly createHandler: SessionFactory;
  readonly faults: FaultInjector;
}

/** Joins a connection, the wire and a handler: checks and opens what comes in, wraps and correlates what goes out. */
export class GatewaySession implements Session, ConnectionEvents, FaultySession {
  readonly id: string;
  readonly info: SessionRecord;
  /** Settles when the connection has ended and the handler is closed. */
  readonly ended: Promise<void>;

  readonly #connection: Connection;
  readonly #surroundings: SessionSurroundings;
  readonly #handler: HandlerSlot;
  #requests = new OpenRequests();
  #settle: () => void = () => {};

  constructor(id: string, connection: Connection, surroundings: SessionSurroundings) {
    this.id = id;
    this.info = new SessionRecord(id, connection);
    this.#connection = connection;
    this.#surroundings = surroundings;
    this.#handler = new HandlerSlot(this, surroundings.createHandler);
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Tells of the session and starts what stands behind it. */
  begin(): void {
    this.log("info", `session opened from ${this.info.remoteAddress}`);
    this.#surroundings.events.emit("sessionOpened", () => ({ session: this.info }));
    this.#handler.fill();
  }

  // --- from the connection ---

  message(frame: Buffer): void {
    this.info.received += 1;
    const { wire, events } = this.#surroundings;
    const reading = wire.read(frame);
    if ("fault" in reading) {
      events.emit("received", () => ({ sessionId: this.id, frame, fault: reading.fault }));
      this.#refuse(reading.fault, reading);
      return;
    }
    const { envelope, payload } = reading;
    const namespace = envelope.target_namespace ?? "default";
    this.info.usedNamespace(namespace);
    const objection = this.#findObjection(envelope, namespace);
    const fault = objection?.fault;
    events.emit("received", () => ({
      sessionId: this.id,
      frame,
      envelope,
      payload,
      ...(fault && { fault }),
    }));

    const facts = messageFacts(payload);
    const correlation = envelope.id === undefined ? {} : { correlationId: envelope.id };
    if (objection?.closeCode !== undefined) {
      this.close(objection.closeCode, objection.fault.message);
      return;
    }
    if (fault !== undefined) {
      const requestId = facts.kind === "request" && facts.idText !== undefined ? { requestId: facts.idText } : {};
      this.#refuse(fault, { ...correlation, ...requestId });
      return;
    }
    this.log("debug", `→ ${facts.method ?? facts.kind} (${payload.length} bytes)`);
    if (facts.kind === "request" && facts.idKey !== undefined) {
      this.#requests.add(facts.idKey, { namespace, ...correlation });
    }
    this.#surroundings.faults.chain.incoming({ session: this, facts, payload, envelope }, (message) => {
      this.#handler.receive(message.payload, message.envelope);
    });
  }

  drain(): void {
    this.#handler.drained();
  }

  closed(code: number, reason: string): void {
    this.log("info", `session closed: ${code}${reason === "" ? "" : ` ${reason}`}`);
    this.#surroundings.faults.closed(this);
    this.#surroundings.events.emit("sessionClosed", () => ({ session: this.info, code, reason }));
    void this.#handler.close().then(() => this.#settle());
  }

  // --- from the handler ---

  send(payload: Buffer | string, options: SendOptions = {}): boolean {
    const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
    const facts = messageFacts(bytes);
    const request = facts.kind === "answer" && facts.idKey !== undefined ? this.#requests.take(facts.idKey) : undefined;
    this.log("debug", `← ${facts.method ?? facts.kind} (${bytes.length} bytes)`);
    if (options.raw === true) return this.#transmit({ frame: bytes, envelope: {} }, facts, bytes);

    const correlationId = options.correlationId ?? request?.correlationId;
    const context: EnvelopeContext = {
      namespace: request?.namespace ?? namespaceOf(facts.method),
      ...(correlationId !== undefined && { correlationId }),
      ...(options.metadata !== undefined && { metadata: options.metadata }),
    };
    return this.#transmit(this.#surroundings.wire.write(bytes, context), facts, bytes);
  }

  sendFault(fault: GatewayFault, options: { readonly correlationId?: string } = {}): boolean {
    return this.#refuse(fault, options);
  }

  sendFrame(raw: string | Buffer, options?: FrameOptions): void {
    this.info.sent += 1;
    this.#surroundings.events.emit("sent", () => ({ sessionId: this.id, frame: Buffer.from(raw) }));
    this.#connection.sendFrame(raw, options);
  }

  sendBytes(raw: Buffer): void {
    this.#connection.sendBytes(raw);
  }

  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  close(code = 1000, reason = ""): void {
    this.#connection.close(code, reason);
  }

  terminate(): void {
    this.#connection.terminate();
  }

  /** Ends everything now: the process is about to end. */
  kill(): void {
    this.#handler.kill();
    this.#connection.terminate();
  }

  log(level: LogLevel, message: string, origin?: "stderr"): void {
    this.#surroundings.log({
      level,
      message,
      session: this.id,
      ...(origin !== undefined && { origin }),
    });
  }

  // --- from faults ---

  deliver({ facts, written, payload, taken }: Outgoing): boolean {
    const { frame, envelope } = written;
    this.info.sent += 1;
    this.#surroundings.events.emit("sent", () => ({
      sessionId: this.id,
      frame,
      ...(payload === undefined ? { envelope } : { envelope: withPayload(envelope, payload), payload }),
    }));
    const role = facts.kind === "request" || facts.kind === "notification" ? "question" : "answer";
    return this.#connection.send(frame, { role, ...(taken !== undefined && { taken }) });
  }

  stall(): void {
    this.#connection.stall();
  }

  release(): void {
    this.#connection.release();
  }

  slowDown(pace: Pace): () => void {
    return this.#connection.slowDown(pace);
  }

  renew(): void {
    this.#requests = new OpenRequests();
    this.#surroundings.faults.chain.reset(this);
    this.#handler.fill();
  }

  // --- inside ---

  #findObjection(envelope: Envelope, namespace: string): Objection | undefined {
    const { guard, messageAuth, namespaces } = this.#surroundings;
    const objection = messageAuth(envelope.auth_token, guard);
    if (objection !== undefined || namespaces.accepts(namespace)) return objection;
    return { fault: { code: "NOT_FOUND", message: `Unknown target_namespace: ${namespace}` } };
  }

  #refuse(fault: GatewayFault, context: { readonly correlationId?: string; readonly requestId?: string }): boolean {
    this.log("warn", `${fault.code}: ${fault.message}`);
    const { correlationId, requestId } = context;
    const written = this.#surroundings.wire.writeFault(fault, {
      namespace: "system",
      ...(correlationId !== undefined && { correlationId }),
      ...(requestId !== undefined && { requestId }),
    });
    return this.#transmit(written, NO_MESSAGE);
  }

  #transmit(written: WrittenFrame, facts: MessageFacts, payload?: Buffer): boolean {
    let ready = true;
    const message: Outgoing = { session: this, facts, written, ...(payload !== undefined && { payload }) };
    this.#surroundings.faults.chain.outgoing(message, (each) => {
      ready = each.session.deliver(each);
    });
    return ready;
  }
}

/** For observers: the envelope as a receiver will see it. */
function withPayload(envelope: Envelope, payload: Buffer): Envelope {
  const parsed = parseJson(payload);
  return "value" in parsed ? { ...envelope, mcp_payload: parsed.value } : envelope;
}
