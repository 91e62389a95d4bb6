import type { ScenarioPart } from "../scenario-context.ts";

/** Errors of tools, of the protocol and of the server, as the application gets them. */
export const provokeErrors: ScenarioPart = async ({ client, step, failure }) => {
  await step("a tool with a wrong argument", () => client.callTool("get-sum", { a: "two", b: 3 }));
  await step("a tool without an argument it needs", () => client.callTool("echo", {}));
  await step("a tool with a value that is not allowed", () =>
    client.callTool("get-structured-content", { location: "?" }),
  );
  await step("a tool that fails", () => client.callTool("gzip-file-as-resource", { data: "ftp://nowhere.invalid/" }));
  await step("an unknown tool", () => client.callTool("no-such-tool", {}));
  await failure("a resource that does not exist", () => client.readResource("demo://resource/dynamic/text/zero"));
  await failure("a resource of an unknown scheme", () => client.readResource("nowhere://at/all"));
  await failure("an unknown prompt", () => client.getPrompt("no-such-prompt", {}));
  await failure("a prompt without an argument it needs", () => client.getPrompt("args-prompt", {}));
  await failure("a completion of an unknown prompt", () =>
    client.complete({ ref: { type: "ref/prompt", name: "no-such-prompt" }, argument: { name: "x", value: "" } }),
  );
  await failure("an unknown method", () => client.request("parity/no-such-method", { deep: [{ 世: 1 }] }));
  await failure("a known method with wrong parameters", () => client.request("resources/read", { uri: 7 }));
  await step("an unknown notification", () => client.notify("notifications/parity", { nobody: "listens" }));
  await step("it still answers", () => client.ping());
};
