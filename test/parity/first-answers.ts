import type { ScenarioContext } from "./scenario-context.ts";

/** What the application answers to the server until a step puts something else in place. */
export function firstAnswers(): ScenarioContext["answers"] {
  return {
    sampling: () => ({
      model: "parity-model",
      role: "assistant",
      content: { type: "text", text: "Grüße, 世界 🚀" },
      stopReason: "endTurn",
    }),
    elicitation: () => ({ action: "accept", content: { name: "Ada Lovelace" } }),
    roots: () => [{ uri: "file:///parity/one", name: "one" }, { uri: "file:///parity/%C3%BCber" }],
  };
}
