import type { Outcome } from "../plugin/request-error.ts";

const WORDS: { readonly [O in Outcome]: string } = {
  not_sent: "The request was not sent.",
  not_executed: "The gateway refused the request before it ran.",
  unknown: "The request was sent and may or may not have run.",
  executed: "The call has run.",
};

/** An outcome as a sentence: the model reads nothing but the message of an error. */
export function outcomeWords(outcome: Outcome): string {
  return WORDS[outcome];
}
