import { InMemoryTaskStore } from "@modelcontextprotocol/sdk/experimental/tasks";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import {
  CallToolResultSchema,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  ResultSchema,
} from "@modelcontextprotocol/sdk/types.js";

import { CLIENT_CAPABILITIES, CLIENT_INFO } from "./client-identity.ts";
import type { ClientRow, ParityClient } from "../parity-client.ts";
import type { ServerRequestAnswers } from "../server-request-answers.ts";

const TASK_CAPABILITIES = {
  list: {},
  cancel: {},
  requests: { sampling: { createMessage: {} }, elicitation: { create: {} } },
};

/** `@modelcontextprotocol/sdk` 1.x: the one that Claude CLI and most clients use. It also runs server requests as tasks. */
export const sdk1Client: ClientRow = { name: "sdk 1.x", create };

function create(answers: ServerRequestAnswers): ParityClient {
  const taskStore = new InMemoryTaskStore();
  const client = new Client(CLIENT_INFO, {
    capabilities: { ...CLIENT_CAPABILITIES, tasks: TASK_CAPABILITIES },
    taskStore,
  });

  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: answers.roots() }));
  client.setRequestHandler(CreateMessageRequestSchema, async ({ params }, extra) => {
    const answer = { ...answers.sampling(params) };
    if (params.task === undefined || extra.taskStore === undefined) return answer;
    const task = await extra.taskStore.createTask({ ttl: params.task.ttl ?? null });
    await extra.taskStore.storeTaskResult(task.taskId, "completed", answer);
    return { task };
  });
  client.setRequestHandler(ElicitRequestSchema, async ({ params }, extra) => {
    const answer = { ...answers.elicitation(params) };
    if (params.task === undefined || extra.taskStore === undefined) return answer;
    const task = await extra.taskStore.createTask({ ttl: params.task.ttl ?? null });
    await extra.taskStore.storeTaskResult(task.taskId, "completed", answer);
    return { task };
  });

  return {
    async connect(launch, observer) {
      const transport = new StdioClientTransport({ ...launch, stderr: "pipe" });
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport is no event target
      transport.onmessage = (message) => observer.message(message);
      client.fallbackNotificationHandler = async (notification) => observer.notification(notification);
      await client.connect(transport);
    },
    async close() {
      await client.close();
      taskStore.cleanup();
    },
    facts: () => ({
      capabilities: client.getServerCapabilities(),
      serverInfo: client.getServerVersion(),
      instructions: client.getInstructions(),
    }),
    ping: () => client.ping(),
    listTools: (cursor) => client.listTools(cursor === undefined ? undefined : { cursor }),
    callTool: (name, args, { signal, onProgress, timeout } = {}) =>
      client.callTool({ name, arguments: args }, CallToolResultSchema, {
        ...(signal && { signal }),
        ...(onProgress && { onprogress: onProgress }),
        ...(timeout !== undefined && { timeout }),
      }),
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
    request: (method, params) => client.request({ method, params }, ResultSchema),
    notify: (method, params) => client.notification({ method, params }),
  };
}
