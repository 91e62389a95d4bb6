// What client and server say to each other in the demo.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { CallToolResultSchema, CreateMessageRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const ROUND_TRIPS = 200;
const NAMES_PER_LINE = 3;
const INDENT = 13;
const BAR_WIDTH = 20;

/** Connects through the chain and shows every feature once. Rejects when an answer is not what it has to be. */
export async function converse(screen, transport) {
  const client = new Client({ name: "demo-client", version: "1.0.0" }, { capabilities: { sampling: {} } });
  try {
    await connect(screen, client, transport);
    await listTools(screen, client);
    await callTool(screen, client);
    await watchProgress(screen, client);
    await answerServer(screen, client);
    await measure(screen, client);
  } finally {
    await client.close();
  }
}

async function connect(screen, client, transport) {
  screen.heading("The client starts mcp-router and says hello");
  screen.sent("initialize");
  const took = await timed(() => client.connect(transport));
  const { name, version } = client.getServerVersion() ?? {};
  expect(name === "mcp-servers/everything", `an answer of server-everything, not of ${name}`);
  screen.received(`${name} ${version}`, `${took}, most of it the server's start`);
}

async function listTools(screen, client) {
  screen.heading("Tools found");
  screen.sent("tools/list");
  let names = [];
  const took = await timed(async () => (names = (await client.listTools()).tools.map((tool) => tool.name)));
  expect(names.includes("echo"), "a tool called echo");
  screen.received(`${names.length} tools`, took);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  for (let index = 0; index < names.length; index += NAMES_PER_LINE) {
    const row = names.slice(index, index + NAMES_PER_LINE).map((name) => name.padEnd(width));
    screen.line(screen.style("dim", `${" ".repeat(INDENT)}${row.join("").trimEnd()}`));
  }
}

async function callTool(screen, client) {
  screen.heading("A tool is called");
  screen.sent('tools/call get-sum {"a": 20, "b": 22}');
  let answer = "";
  const took = await timed(
    async () => (answer = textOf(await client.callTool({ name: "get-sum", arguments: { a: 20, b: 22 } }))),
  );
  expect(answer.includes("42"), `a sum of 42, not ${answer}`);
  screen.received(answer, took);
}

async function watchProgress(screen, client) {
  screen.heading("Progress arrives while a tool works");
  const args = { duration: 1, steps: 5 };
  screen.sent(`tools/call trigger-long-running-operation ${JSON.stringify(args)}`);
  let events = 0;
  const onprogress = ({ progress, total }) => {
    events += 1;
    const done = Math.round((progress / total) * BAR_WIDTH);
    screen.received(`progress ${"█".repeat(done)}${"░".repeat(BAR_WIDTH - done)} ${progress}/${total}`);
  };
  const call = { name: "trigger-long-running-operation", arguments: args };
  let answer = "";
  await timed(async () => (answer = textOf(await client.callTool(call, CallToolResultSchema, { onprogress }))));
  // The SDK may lose the last ones to the answer when all arrive in one read.
  expect(events > 0, "progress before the answer");
  screen.received(answer);
}

async function answerServer(screen, client) {
  screen.heading("The server asks, the client answers: the other way through the same chain");
  let asked = false;
  client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => {
    asked = true;
    const { content } = params.messages[0];
    screen.received(`sampling/createMessage ${JSON.stringify(content.text)}`);
    const text = "Because the sea was on the other side.";
    screen.sent(JSON.stringify(text));
    return { model: "demo-model", role: "assistant", content: { type: "text", text } };
  });
  const args = { prompt: "Why did the packet cross the bridge?" };
  screen.sent(`tools/call trigger-sampling-request ${JSON.stringify(args)}`);
  const answer = textOf(await client.callTool({ name: "trigger-sampling-request", arguments: args }));
  expect(asked && answer.includes("the other side"), `an answer with what the client said, not ${answer}`);
  screen.received("the tool is done; its answer holds what the client said");
}

async function measure(screen, client) {
  const times = [];
  for (let index = 0; index < ROUND_TRIPS; index += 1) {
    const start = performance.now();
    await client.callTool({ name: "echo", arguments: { message: `${index}` } });
    times.push(performance.now() - start);
  }
  times.sort((left, right) => left - right);
  const at = (share) => `${times[Math.floor(times.length * share)].toFixed(1)} ms`;
  screen.heading("Timings");
  screen.line(`  ${ROUND_TRIPS} calls of echo, one after the other, through the whole chain and back:`);
  screen.line(`  median ${at(0.5)}, 95 % within ${at(0.95)}`);
}

async function timed(act) {
  const start = performance.now();
  await act();
  return `${Math.round(performance.now() - start)} ms`;
}

function textOf({ content, isError }) {
  const text = content.map((block) => block.text ?? "").join("");
  expect(isError !== true, `an answer, not the error ${text}`);
  return text;
}

function expect(holds, expected) {
  if (!holds) throw new Error(`expected ${expected}`);
}
