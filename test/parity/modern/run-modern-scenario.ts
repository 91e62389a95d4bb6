import { fileURLToPath } from "node:url";

import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

import { CLIENT_INFO } from "../clients/client-identity.ts";
import type { Launch } from "../launch.ts";
import { NotificationLog } from "../notification-log.ts";
import { type ClientSide, recordRun } from "../record-run.ts";
import type { AnsweredRequest, Recording } from "../recording.ts";
import { StepLog } from "../step-log.ts";
import type { Target } from "../target.ts";

const MODERN_SERVER = [process.execPath, fileURLToPath(new URL("modern-server.mjs", import.meta.url))];
const RESOURCE = "modern://resource";

/** The official 2.x client finds out by itself that the server is of revision 2026-07-28, and uses what that has. */
export async function runModernScenario(target: Target): Promise<Recording> {
  return recordRun(target, MODERN_SERVER, converse);
}

async function converse(launch: Launch): Promise<ClientSide> {
  const { all: steps, step, failure } = new StepLog();
  const notifications = new NotificationLog();
  const serverRequests: AnsweredRequest[] = [];
  const received: unknown[] = [];

  const client = new Client(CLIENT_INFO, {
    capabilities: { elicitation: { form: {} } },
    versionNegotiation: { mode: "auto" },
  });
  client.setRequestHandler("elicitation/create", ({ params }) => {
    serverRequests.push({ method: "elicitation/create", params });
    return { action: "accept", content: { name: "Ada" } };
  });
  client.fallbackNotificationHandler = async (notification) => notifications.add(notification);
  const transport = new StdioClientTransport({ ...launch, stderr: "pipe" });
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport is no event target
  transport.onmessage = (message) => received.push(message);

  await client.connect(transport);
  try {
    await step("era", async () => client.getProtocolEra());
    await step("what the server said of itself", async () => client.getDiscoverResult());
    await step("tools of both pages", () => client.listTools());
    await step("tools of the second page", () => client.listTools({ cursor: "second" }));
    await step("echo", () => client.callTool({ name: "echo", arguments: { text: "世界", deep: [{ number: 1.5 }] } }));
    await step("audio", () => client.callTool({ name: "beep" }));
    await step("binary resource", () => client.readResource({ uri: RESOURCE }));
    await step("completion", () =>
      client.complete({ ref: { type: "ref/prompt", name: "any" }, argument: { name: "a", value: "b" } }),
    );
    await step("progress", async () => {
      const events: unknown[] = [];
      const result = await client.callTool({ name: "count" }, { onprogress: (event) => events.push(event) });
      return { events, result };
    });
    await step("the server asks in an answer", () => client.callTool({ name: "ask" }));
    await failure("an unknown tool", () => client.callTool({ name: "no-such-tool" }));
    await failure("a page that does not exist", () => client.listTools({ cursor: "no-such-page" }));

    const subscription = await client.listen({ toolsListChanged: true, resourceSubscriptions: [RESOURCE] });
    await step("subscribed to", async () => subscription.honoredFilter);
    await step("calls while subscribed", () =>
      Promise.all([1, 2, 3].map((number) => client.callTool({ name: "echo", arguments: { number } }))),
    );
    await step("change something", () => client.callTool({ name: "change" }));
    await notifications.until("notice", ({ method }) => method === "notifications/resources/updated");
    await step("tools after the change", () => client.listTools());
    const controller = new AbortController();
    await failure("a call that is cancelled after it began", () =>
      client.callTool(
        { name: "wait" },
        { signal: controller.signal, onprogress: () => controller.abort("the user changed their mind") },
      ),
    );
    await subscription.close();
    await step("the server has seen both end", () => client.callTool({ name: "change" }));

    const other = await client.listen({ toolsListChanged: true });
    await step("the server ends subscriptions", () => client.callTool({ name: "finish" }));
    await step("how the subscription ended", () => other.closed);
  } finally {
    await client.close();
  }
  return { steps, notifications: notifications.all, serverRequests, received };
}
