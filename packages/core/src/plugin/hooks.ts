import type { CredentialDraft } from "./credential.ts";
import type { DialError } from "./dial-error.ts";
import type { Endpoint } from "./endpoint.ts";
import type { RouterError } from "../errors/router-error.ts";
import type { Message } from "./message.ts";
import type { Outcome, Reason } from "./request-error.ts";
import type { ChannelEnd, ChannelInfo, GatewaySignal } from "./transport.ts";
import type { Verdict } from "./verdict.ts";

/** The stages of a hook, in the order they run. Inside a stage: configuration order, then `before` and `after`. */
export const STAGES = Object.freeze(["observe", "decode", "auth", "guard", "transform", "route", "audit"] as const);
export type Stage = (typeof STAGES)[number];

/** `guard` and the other deciding stages fail closed: what they were asked about does not pass when they throw. */
export const FAIL_OPEN_STAGES: ReadonlySet<Stage> = new Set<Stage>(["observe", "audit"]);

export interface TapOptions {
  /** Default `observe` for hooks that only observe, `guard` for those that decide. */
  readonly stage?: Stage;
  /** Names of plugins whose taps of the same stage this one runs before. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

/** The registering side of a hook: plugins can tap, and nothing else. */
export interface TapPoint<Context, Result> {
  tap(run: (context: Context) => Result, options?: TapOptions): void;
}

/** A message on its way to the gateway. */
export interface Outbound {
  readonly message: Message;
  /** `target_namespace` of the envelope. Undefined lets the namespace rules decide. */
  namespace: string | undefined;
  /** The open request, when the message is one. */
  readonly request: RequestView | undefined;
}

/** A message on its way to the client. */
export interface Inbound {
  readonly message: Message;
  /** The client's request that this message answers or reports progress on. */
  readonly request: RequestView | undefined;
  readonly endpoint: Endpoint;
}

/** A client's request while it is open. */
export interface RequestView {
  readonly id: string;
  readonly method: string;
  /** The tool, prompt or resource it names. */
  readonly name: string | undefined;
  /** The id of the envelope of the latest transmission: the correlation id of logs, metrics and traces. */
  readonly correlationId: string | undefined;
  /** Transmissions so far. */
  readonly attempts: number;
  /** Monotonic milliseconds. */
  readonly arrivedAt: number;
  readonly sentAt: number | undefined;
}

/** How a request ended. */
export interface Settled {
  readonly request: RequestView;
  readonly outcome: Outcome | "cancelled";
  /** Why the router answered; undefined when the gateway did. */
  readonly reason: Reason | undefined;
  /** Who answered: the gateway, a plugin by name, or the router itself. */
  readonly source: string;
  /** True when the answer was a result. */
  readonly ok: boolean;
  readonly attempts: number;
  /** Milliseconds in the router before the last transmission, and between it and the answer. */
  readonly times: { readonly waitingMs: number; readonly gatewayMs: number | undefined };
}

export interface Failure {
  readonly error: RouterError;
  /** The request that ends with this error, when there is one. */
  readonly request: RequestView | undefined;
  readonly endpoint: Endpoint | undefined;
}

export interface ConnectAttempt {
  readonly endpoint: Endpoint;
  /** Which connection to the endpoint this is: 1 for the first. Its own later dials keep the number. */
  readonly connection: number;
  /** 1 for the first dial since the last stable connection. */
  readonly attempt: number;
}

/** Refuses a dial; the link tries again after `retryAfterMs`. */
export interface ConnectRefusal {
  readonly refuse: true;
  readonly reason: string;
  readonly retryAfterMs: number;
}

/** A `beforeConnect` verdict that keeps the link from dialling for now. */
export function refuse(reason: string, retryAfterMs: number): ConnectRefusal {
  return { refuse: true, reason, retryAfterMs };
}

export type LinkState = "idle" | "connecting" | "open" | "lost" | "refused" | "closed";

export interface LinkChange {
  readonly endpoint: Endpoint;
  /** Which connection to the endpoint this is: 1 for the first; a pool, or one that replaces another, has further ones. */
  readonly connection: number;
  readonly state: LinkState;
  /** With `open`: what the transport learned. */
  readonly info: ChannelInfo | undefined;
  /** With `lost`: how the connection ended. */
  readonly end: ChannelEnd | undefined;
  /** With `refused`: why the dial failed. */
  readonly error: DialError | undefined;
  /** Milliseconds until the next dial, when one is due. */
  readonly retryInMs: number | undefined;
}

export interface SignalFrom {
  readonly endpoint: Endpoint;
  readonly signal: GatewaySignal;
}

/** The hooks of the router. Every tap is synchronous but those of `onAuth` and the lifecycle hooks. */
export interface Hooks {
  /** Once per message from the client, before it is queued for the gateway. */
  readonly beforeSend: TapPoint<Outbound, Verdict | void>;
  /** Once per message from the gateway, before the stdout gate. */
  readonly onFrame: TapPoint<Inbound, Verdict | void>;
  /** A link needs a credential. Taps run one after the other over one draft. */
  readonly onAuth: TapPoint<CredentialDraft, void | Promise<void>>;
  /** Any failure, as a typed error. */
  readonly onError: TapPoint<Failure, void>;
  /** Before each dial of an endpoint. */
  readonly beforeConnect: TapPoint<ConnectAttempt, ConnectRefusal | void>;
  /** Exactly once per request, whoever answered. */
  readonly onSettled: TapPoint<Settled, void>;
  readonly onLinkState: TapPoint<LinkChange, void>;
  readonly onGatewaySignal: TapPoint<SignalFrom, void>;
  /** The router is about to read from the client. */
  readonly onStart: TapPoint<void, void | Promise<void>>;
  /** The client has gone or a signal arrived: open requests are being finished. */
  readonly onDrain: TapPoint<void, void | Promise<void>>;
  /** Nothing is open any more; dispose follows. */
  readonly onStop: TapPoint<void, void | Promise<void>>;
}
