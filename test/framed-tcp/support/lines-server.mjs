// The smallest MCP server there can be: every request is answered with its own params.
import { createInterface } from "node:readline";

const RESULTS = {
  initialize: {
    protocolVersion: "2025-06-18",
    capabilities: { tools: {} },
    serverInfo: { name: "lines-server", version: "1" },
  },
};

createInterface(process.stdin).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  const result = RESULTS[method] ?? { method, params };
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
});
