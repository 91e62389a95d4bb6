import type { ScenarioPart } from "../scenario-context.ts";

const department = { type: "ref/prompt", name: "completable-prompt" } as const;
const template = { type: "ref/resource", uri: "demo://resource/dynamic/text/{resourceId}" } as const;

/** Prompts with and without arguments, and completions of prompts and resource templates. */
export const getPrompts: ScenarioPart = async ({ client, step }) => {
  await step("list prompts", () => client.listPrompts());
  await step("get a simple prompt", () => client.getPrompt("simple-prompt", {}));
  await step("get a prompt with one argument", () => client.getPrompt("args-prompt", { city: "Zürich" }));
  await step("get a prompt with both arguments", () =>
    client.getPrompt("args-prompt", { city: "Austin", state: "TX" }),
  );
  await step("get a prompt with an embedded text", () =>
    client.getPrompt("resource-prompt", { resourceType: "Text", resourceId: "3" }),
  );
  await step("get a prompt with an embedded blob", () =>
    client.getPrompt("resource-prompt", { resourceType: "Blob", resourceId: "4" }),
  );
  await step("get a prompt that could be completed", () =>
    client.getPrompt("completable-prompt", { department: "Sales", name: "Eve" }),
  );

  await step("complete an argument", () =>
    client.complete({ ref: department, argument: { name: "department", value: "S" } }),
  );
  await step("complete an argument that depends on another", () =>
    client.complete({
      ref: department,
      argument: { name: "name", value: "" },
      context: { arguments: { department: "Engineering" } },
    }),
  );
  await step("complete to nothing", () =>
    client.complete({ ref: department, argument: { name: "department", value: "zzz" } }),
  );
  await step("complete a part of a URI", () =>
    client.complete({ ref: template, argument: { name: "resourceId", value: "12" } }),
  );
};
