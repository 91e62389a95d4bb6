import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { MetricsScope } from "../plugin/metrics.ts";
import type { LineWriter } from "../stdio/line-writer.ts";
import type { Ledger } from "./ledger.ts";
import type { OwedAnswers } from "./owed-answers.ts";
import type { RetryBudget } from "./retry-budget.ts";

export interface SessionParts {
  readonly ledger: Ledger;
  readonly dispatcher: Dispatcher;
  readonly writer: LineWriter;
  readonly owed: OwedAnswers;
  readonly budget: RetryBudget;
}

/** A gauge for everything in a session that is bounded. */
export function observeSession(metrics: MetricsScope, parts: SessionParts): void {
  const { ledger, dispatcher, writer, owed, budget } = parts;
  metrics.observe("open_requests", "Requests of the client without an answer yet.", () => ledger.openRequests);
  metrics.observe(
    "open_server_requests",
    "Requests of the gateway that the client has not answered yet.",
    () => ledger.openServerRequests,
  );
  metrics.observe("held_messages", "Messages that wait for a connection.", () => dispatcher.heldCount);
  metrics.observe("held_bytes", "Bytes of the messages that wait for a connection.", () => dispatcher.heldBytes);
  metrics.observe("connections", "Open connections to gateways.", () => dispatcher.openConnections);
  metrics.observe("gateway_buffered_bytes", "Bytes that no gateway has taken yet.", () => dispatcher.bufferedBytes);
  metrics.observe("stdout_buffered_bytes", "Bytes the client has not read yet.", () => writer.bufferedBytes);
  metrics.observe("owed_answers", "Answers that were given up and may still come.", () => owed.count);
  metrics.observe("retry_tokens", "What is left of the budget for sending again.", () => budget.tokens);
}
