import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

import { CLIENT_CAPABILITIES, CLIENT_INFO } from "./client-identity.ts";
import type { ClientRow, ParityClient } from "../parity-client.ts";
import type { ServerRequestAnswers } from "../server-request-answers.ts";

/** A schema of the SDK's kind that takes every result as it comes. */
const anyResult = {
  "~standard": { version: 1, vendor: "parity", validate: (value: unknown) => ({ value }) },
} as const;

/** `@modelcontextprotocol/client` 2.x that goes straight to `initialize`. */
export const sdk2LegacyClient: ClientRow = {
  name: "sdk 2.x legacy",
  create: (answers) => create(answers, "legacy"),
};

/** `@modelcontextprotocol/client` 2.x that first asks a process of its own with `server/discover` which era it is. */
export const sdk2AutoClient: ClientRow = {
  name: "sdk 2.x auto",
  create: (answers) => create(answers, "auto"),
};

function create(answers: ServerRequestAnswers, mode: "legacy" | "auto"): ParityClient {
  const client = new Client(CLIENT_INFO, { capabilities: CLIENT_CAPABILITIES, versionNegotiation: { mode } });
  client.setRequestHandler("roots/list", () => ({ roots: answers.roots() }));
  client.setRequestHandler("sampling/createMessage", ({ params }) => ({ ...answers.sampling(params) }));
  client.setRequestHandler("elicitation/create", ({ params }) => ({ ...answers.elicitation(params) }));

  return {
    async connect(launch, observer) {
      const transport = new StdioClientTransport({ ...launch, stderr: "pipe" });
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport is no event target
      transport.onmessage = (message) => observer.message(message);
      client.fallbackNotificationHandler = async (notification) => observer.notification(notification);
      await client.connect(transport);
    },
    close: () => client.close(),
    facts: () => ({
      capabilities: client.getServerCapabilities(),
      serverInfo: client.getServerVersion(),
      instructions: client.getInstructions(),
    }),
    ping: () => client.ping(),
    listTools: (cursor) => client.listTools(cursor === undefined ? undefined : { cursor }),
    callTool: (name, args, { signal, onProgress, timeout } = {}) =>
      client.callTool(
        { name, arguments: args },
        {
          ...(signal && { signal }),
          ...(onProgress && { onprogress: onProgress }),
          ...(timeout !== undefined && { timeout }),
        },
      ),
    listResources: (cursor) => client.listResources(cursor === undefined ? undefined : { cursor }),
    listResourceTemplates: () => client.listResourceTemplates(),
    readResource: (uri) => client.readResource({ uri }),
    subscribeResource: (uri) => client.subscribeResource({ uri }),
    unsubscribeResource: (uri) => client.unsubscribeResource({ uri }),
    listPrompts: () => client.listPrompts(),
    getPrompt: (name, args) => client.getPrompt({ name, arguments: args }),
    complete: (params) => client.complete(params),
    setLoggingLevel: (level) => client.setLoggingLevel(level),
    sendRootsListChanged: () => client.sendRootsListChanged(),
    request: (method, params) => client.request({ method, params }, anyResult),
    notify: (method, params) => client.notification({ method, params }),
  };
}
