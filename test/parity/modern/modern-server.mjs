// A small MCP server of protocol revision 2026-07-28 on stdio: there is no `initialize`, every request says for itself
// which revision it speaks and who asks, the server asks by an answer (`input_required`) and never by a request, and
// notices come on a subscription. It is written by hand because no server of that revision is to be had.
const VERSION = "2026-07-28";
const META = "io.modelcontextprotocol";

const listings = { ttlMs: 0, cacheScope: "private" };
const pages = {
  first: { names: ["echo", "count", "ask"], nextCursor: "second" },
  second: { names: ["beep", "wait", "change", "finish"] },
};
const subscriptions = new Map();
const waiting = new Set();
const cancelled = [];
let added = 0;

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const complete = (id, result) => say({ id, result: { resultType: "complete", ...result } });
const fail = (id, code, message, data) => say({ id, error: { code, message, ...(data && { data }) } });
const text = (value) => ({ content: [{ type: "text", text: value }] });
const tool = (name) => ({ name, description: `The tool ${name}`, inputSchema: { type: "object" } });

const tools = {
  echo: (id, { arguments: args }) => complete(id, { ...text(JSON.stringify(args)), structuredContent: args }),
  beep: (id) => complete(id, { content: [{ type: "audio", data: "UklGRiQAAABXQVZF", mimeType: "audio/wav" }] }),
  count(id, { _meta: { progressToken } }) {
    for (const progress of [1, 2, 3]) {
      say({
        method: "notifications/progress",
        params: { progressToken, progress, total: 3, message: `step ${progress}` },
      });
    }
    // A turn of the client's later: its SDK hands progress on after answers that come in the same read.
    setTimeout(() => complete(id, text("counted")), 100);
  },
  ask(id, { inputResponses, requestState }) {
    if (inputResponses !== undefined) {
      complete(id, text(`${requestState}: ${JSON.stringify(inputResponses)}`));
      return;
    }
    const requestedSchema = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
    const params = { mode: "form", message: "Who are you?", requestedSchema };
    const inputRequests = { who: { method: "elicitation/create", params } };
    say({ id, result: { resultType: "input_required", inputRequests, requestState: "opaque/état=1" } });
  },
  wait(id, { _meta: { progressToken } }) {
    waiting.add(id);
    say({ method: "notifications/progress", params: { progressToken, progress: 1 } });
  },
  change(id) {
    added += 1;
    for (const [subscription, filter] of subscriptions) {
      const _meta = { [`${META}/subscriptionId`]: subscription };
      if (filter.toolsListChanged) say({ method: "notifications/tools/list_changed", params: { _meta } });
      for (const uri of filter.resourceSubscriptions ?? []) {
        say({ method: "notifications/resources/updated", params: { _meta, uri } });
      }
    }
    complete(id, text(`changed for ${subscriptions.size}, cancelled: ${JSON.stringify(cancelled)}`));
  },
  finish(id) {
    for (const subscription of subscriptions.keys()) {
      complete(subscription, { _meta: { [`${META}/subscriptionId`]: subscription } });
    }
    subscriptions.clear();
    complete(id, text("subscriptions ended"));
  },
};

const methods = {
  "server/discover": (id) =>
    complete(id, {
      ...listings,
      supportedVersions: [VERSION],
      capabilities: { tools: { listChanged: true }, resources: { subscribe: true }, completions: {} },
      instructions: "Speak for yourself.",
      _meta: { [`${META}/serverInfo`]: { name: "modern", version: "1.0.0" } },
    }),
  "tools/list"(id, { cursor = "first" }) {
    const page = pages[cursor];
    if (page === undefined) {
      fail(id, -32602, `no page ${cursor}`);
      return;
    }
    const names = page.nextCursor
      ? page.names
      : [...page.names, ...Array.from({ length: added }, (_, n) => `added-${n}`)];
    complete(id, { ...listings, tools: names.map(tool), ...(page.nextCursor && { nextCursor: page.nextCursor }) });
  },
  "tools/call"(id, params) {
    const run = tools[params.name];
    if (run === undefined) fail(id, -32602, `no tool ${params.name}`, { name: params.name });
    else run(id, params);
  },
  "resources/read": (id, { uri }) =>
    complete(id, { ...listings, contents: [{ uri, mimeType: "application/octet-stream", blob: "AAECAwT/" }] }),
  "completion/complete": (id, { argument }) =>
    complete(id, { completion: { values: [`${argument.value}!`], total: 1, hasMore: false } }),
  "subscriptions/listen"(id, { notifications }) {
    subscriptions.set(id, notifications);
    const _meta = { [`${META}/subscriptionId`]: id };
    say({ method: "notifications/subscriptions/acknowledged", params: { _meta, notifications } });
  },
};

function onLine(line) {
  const { id, method, params = {} } = JSON.parse(line);
  if (method === "notifications/cancelled") {
    const { requestId } = params;
    if (waiting.delete(requestId) || subscriptions.delete(requestId)) cancelled.push(requestId);
    return;
  }
  if (id === undefined) return;
  const handle = methods[method];
  const requested = params._meta?.[`${META}/protocolVersion`];
  if (handle === undefined) {
    fail(id, -32601, `no method ${method}`);
  } else if (requested !== VERSION || params._meta[`${META}/clientCapabilities`] === undefined) {
    fail(id, -32022, "not a request of this revision", { supported: [VERSION], requested });
  } else {
    handle(id, params);
  }
}

let rest = "";
process.stdin.setEncoding("utf8").on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  lines.forEach(onLine);
});
