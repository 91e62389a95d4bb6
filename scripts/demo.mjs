// `npm run demo`: a real MCP client talks through the real mcp-router to a gateway with a real MCP server behind it.
// node scripts/demo.mjs [-- COMMAND [ARGUMENT...]]   another build of server-everything than the installed one
import { fileURLToPath } from "node:url";

import { openChain } from "./demo/chain.mjs";
import { converse } from "./demo/conversation.mjs";
import { Screen } from "./demo/screen.mjs";

// The demo takes about three seconds; who waits this long is not coming.
const DEADLINE_MS = 30_000;

const EVERYTHING = fileURLToPath(import.meta.resolve("@modelcontextprotocol/server-everything/dist/index.js"));

const PICTURE = `
  ┌────────────┐  stdio  ┌────────────┐  ws:// + token  ┌─────────────┐  stdio  ┌───────────────────┐
  │ MCP client │ ◄─────► │ mcp-router │ ◄─────────────► │ dev gateway │ ◄─────► │ server-everything │
  └────────────┘         └────────────┘                 └─────────────┘         └───────────────────┘`;

async function main(words) {
  const screen = new Screen(process.stdout);
  const start = performance.now();
  const server = words[0] === "--" && words.length > 1 ? words.slice(1) : [process.execPath, EVERYTHING, "stdio"];

  const chain = await openChain(server);
  process.once("SIGINT", () => (chain.kill(), process.exit(130)));
  try {
    screen.line(`\n  ${screen.style("bold", "MCP Router")}: local stdio on one side, a remote gateway on the other`);
    screen.line(screen.style("cyan", PICTURE));
    screen.heading("mcp-router.yaml");
    screen.line(screen.style("dim", chain.config.trimEnd().replaceAll(/^/gm, "    ")));

    await within(DEADLINE_MS, converse(screen, chain.transport));

    const { toServer, toClient } = chain.counts;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    screen.line(`  ${toServer} messages to the server and ${toClient} to the client, ${seconds} s in all`);
    screen.line(`\n  ${screen.style("green", "✔ Everything arrived.")}\n`);
  } catch (error) {
    explain(error, chain.complaints());
    process.exitCode = 1;
  } finally {
    await chain.close();
  }
}

async function within(milliseconds, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${milliseconds / 1000} s`)), milliseconds);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function explain(error, { routerSaid, sessionEnd }) {
  const lines = [`\n✘ The demo failed: ${error.message}`];
  if (sessionEnd !== undefined) lines.push(`  The gateway closed the session: ${sessionEnd}`);
  if (routerSaid !== "") lines.push("  mcp-router said:", routerSaid.replaceAll(/^/gm, "    "));
  console.error(lines.join("\n"));
}

await main(process.argv.slice(2)).catch((error) => {
  explain(error, { routerSaid: "", sessionEnd: undefined });
  process.exitCode = 1;
});
