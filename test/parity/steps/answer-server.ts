import type { ScenarioPart } from "../scenario-context.ts";

/** The server asks and the client answers: sampling, elicitation of both kinds, roots. */
export const answerServer: ScenarioPart = async ({ client, answers, step, failure, until }) => {
  const sample = (prompt: string) => client.callTool("trigger-sampling-request", { prompt, maxTokens: 17 });
  await step("the server samples", () => sample("Wie geht's? 世界"));
  await step("the server samples eight times at once", () =>
    Promise.all(Array.from({ length: 8 }, (_, index) => sample(`number ${index}`))),
  );
  const { sampling } = answers;
  answers.sampling = () => {
    throw new Error("the user said no");
  };
  await step("the client fails to sample", () => sample("please"));
  answers.sampling = sampling;

  const elicit = () => client.callTool("trigger-elicitation-request", {});
  answers.elicitation = () => ({
    action: "accept",
    content: {
      name: "Ada",
      check: true,
      email: "ada@example.com",
      integer: 42,
      number: 2.5,
      untitledMultipleSelectEnum: ["Piano"],
    },
  });
  await step("the user fills in the form", elicit);
  answers.elicitation = () => ({ action: "decline" });
  await step("the user declines the form", elicit);
  answers.elicitation = () => ({ action: "cancel" });
  await step("the user cancels the form", elicit);

  const url = { url: "https://example.com/authorize?a=1&b=2", elicitationId: "parity-elicitation" };
  answers.elicitation = () => ({ action: "accept" });
  await step("the user opens the page", () => client.callTool("trigger-url-elicitation", url));
  await failure("the server wants a page opened first", () =>
    client.callTool("trigger-url-elicitation", { ...url, errorPath: true }),
  );
  await step("the call after the page was opened", () =>
    client.callTool("trigger-url-elicitation", { ...url, errorPath: true }),
  );

  await step("the server knows the roots", () => client.callTool("get-roots-list", {}));
  answers.roots = () => [1, 2, 3].map((number) => ({ uri: `file:///changed/${number}`, name: `root ${number}` }));
  await step("the roots change", () => client.sendRootsListChanged());
  await until("word that three roots arrived", (notification) => JSON.stringify(notification).includes("3 root(s)"));
  await step("the server knows the new roots", () => client.callTool("get-roots-list", {}));
};
