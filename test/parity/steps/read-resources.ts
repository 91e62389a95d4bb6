import type { ScenarioPart } from "../scenario-context.ts";

const TEXT = "demo://resource/dynamic/text/1";
const BLOB = "demo://resource/dynamic/blob/2";

/** Resources of every kind, subscriptions with their updates, and a list that changes. */
export const readResources: ScenarioPart = async ({ client, step, until }) => {
  await step("list resources", () => client.listResources());
  await step("list resources of a page", () => client.listResources("any-cursor"));
  await step("list resource templates", () => client.listResourceTemplates());
  await step("read a static resource", () => client.readResource("demo://resource/static/document/features.md"));
  await step("read a text resource", () => client.readResource(TEXT));
  await step("read a binary resource", () => client.readResource(BLOB));

  await step("subscribe to a text", () => client.subscribeResource(TEXT));
  await step("subscribe to a blob", () => client.subscribeResource(BLOB));
  await step("start updates", () => client.callTool("toggle-subscriber-updates", {}));
  await until("update of the second resource", ({ method, params }) => isUpdateOf(BLOB, method, params));
  await step("stop updates", () => client.callTool("toggle-subscriber-updates", {}));
  await step("unsubscribe from the text", () => client.unsubscribeResource(TEXT));
  await step("start updates again", () => client.callTool("toggle-subscriber-updates", {}));
  await step("stop updates again", () => client.callTool("toggle-subscriber-updates", {}));
  await step("unsubscribe from the blob", () => client.unsubscribeResource(BLOB));

  const gzip = { name: "parity.gz", data: "data:text/plain;base64,R3LDvMOfZQ==" };
  await step("make a resource, get it", () =>
    client.callTool("gzip-file-as-resource", { ...gzip, outputType: "resource" }),
  );
  await until("change of the list", ({ method }) => method === "notifications/resources/list_changed");
  await step("make it again, get a link", () =>
    client.callTool("gzip-file-as-resource", { ...gzip, outputType: "resourceLink" }),
  );
  await step("list resources with the new one", () => client.listResources());
  await step("read the new one", () => client.readResource("demo://resource/session/parity.gz"));
};

function isUpdateOf(uri: string, method: string, params: unknown): boolean {
  return (
    method === "notifications/resources/updated" &&
    typeof params === "object" &&
    params !== null &&
    "uri" in params &&
    params.uri === uri
  );
}
