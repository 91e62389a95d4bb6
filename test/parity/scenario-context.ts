import type { ParityClient, ReceivedNotification } from "./parity-client.ts";
import type { ServerRequestAnswers } from "./server-request-answers.ts";

/** What a part of the scenario works with. */
export interface ScenarioContext {
  readonly client: ParityClient;
  /** What the application answers to the server; a step may put other functions in place. */
  readonly answers: { -readonly [Name in keyof ServerRequestAnswers]: ServerRequestAnswers[Name] };
  /** Records what it gives. It has to succeed: two targets that fail in the same way are no parity. */
  step(title: string, act: () => Promise<unknown>): Promise<void>;
  /** Records the error it ends with, as far as an application sees it. It has to fail. */
  failure(title: string, act: () => Promise<unknown>): Promise<void>;
  /** Waits until a notification has come (it may be here already), and fails after some seconds. */
  until(what: string, matches: (notification: ReceivedNotification) => boolean): Promise<void>;
}

/** One subject of the scenario. */
export type ScenarioPart = (context: ScenarioContext) => Promise<void>;
