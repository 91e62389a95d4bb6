interface SamplingAnswer {
  readonly model: string;
  readonly role: "assistant";
  readonly content: { readonly type: "text"; readonly text: string };
  readonly stopReason: string;
}

interface ElicitationAnswer {
  readonly action: "accept" | "decline" | "cancel";
  readonly content?: Record<string, string | number | boolean | string[]>;
}

/** What the application behind a client answers when the server asks. The scenario changes it from step to step. */
export interface ServerRequestAnswers {
  sampling(params: unknown): SamplingAnswer;
  elicitation(params: unknown): ElicitationAnswer;
  roots(): { readonly uri: string; readonly name?: string }[];
}
