import type { Launch } from "./launch.ts";
import type { ServerRequestAnswers } from "./server-request-answers.ts";

/** What the client learned when it connected. */
interface ServerFacts {
  readonly capabilities: unknown;
  readonly serverInfo: unknown;
  readonly instructions: unknown;
}

/** A notification as the SDK hands it to the application. */
export interface ReceivedNotification {
  readonly method: string;
  readonly params?: unknown;
}

/** What may go with a call. */
interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: unknown) => void;
  /** After this many milliseconds the client gives up and cancels. */
  readonly timeout?: number;
}

/** What a client reports while it is connected. */
interface ClientObserver {
  /** Every message as it came in, before the SDK looks at it. */
  message(message: unknown): void;
  /** Every notification the SDK passes to the application. */
  notification(notification: ReceivedNotification): void;
}

/** An official SDK client, whatever its version: the same names for what the scenario uses of it. */
export interface ParityClient {
  connect(launch: Launch, observer: ClientObserver): Promise<void>;
  close(): Promise<void>;
  facts(): ServerFacts;
  ping(): Promise<unknown>;
  listTools(cursor?: string): Promise<unknown>;
  callTool(name: string, args: Record<string, unknown>, options?: CallOptions): Promise<unknown>;
  listResources(cursor?: string): Promise<unknown>;
  listResourceTemplates(): Promise<unknown>;
  readResource(uri: string): Promise<unknown>;
  subscribeResource(uri: string): Promise<unknown>;
  unsubscribeResource(uri: string): Promise<unknown>;
  listPrompts(): Promise<unknown>;
  getPrompt(name: string, args: Record<string, string>): Promise<unknown>;
  complete(params: CompletionParams): Promise<unknown>;
  setLoggingLevel(level: LogLevel): Promise<unknown>;
  sendRootsListChanged(): Promise<void>;
  /** Any method, with the result as it came. */
  request(method: string, params?: Record<string, unknown>): Promise<unknown>;
  notify(method: string, params?: Record<string, unknown>): Promise<void>;
}

/** Which client, and how to make one. */
export interface ClientRow {
  readonly name: string;
  create(answers: ServerRequestAnswers): ParityClient;
}

interface CompletionParams {
  readonly ref:
    | { readonly type: "ref/prompt"; readonly name: string }
    | { readonly type: "ref/resource"; readonly uri: string };
  readonly argument: { readonly name: string; readonly value: string };
  readonly context?: { readonly arguments: Record<string, string> };
}

type LogLevel = "debug" | "info" | "notice" | "warning" | "error" | "critical" | "alert" | "emergency";
