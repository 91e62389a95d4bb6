// Starts an MCP server and passes its stdio through untouched, while both directions are written down as lines
// `{"from":"client"|"server","line":…}` in a file of this process in the given directory. So a test can compare what
// a server was told, and not only what a client heard.
// Usage: node recording-server.mjs DIRECTORY COMMAND [ARGUMENT...]
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";

const [directory, command, ...args] = process.argv.slice(2);
// Ordered by start: the process that a client uses to probe comes before the one it stays with.
const file = join(directory, `${process.hrtime.bigint().toString().padStart(20, "0")}-${process.pid}.jsonl`);

// Not node:readline: it also breaks lines at U+2028, which JSON may hold.
function recorder(from) {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      appendFileSync(file, `${JSON.stringify({ from, line: rest.toString("utf8", 0, end) })}\n`);
      rest = rest.subarray(end + 1);
    }
  };
}

const server = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
process.stdin.on("data", recorder("client"));
server.stdout.on("data", recorder("server"));
process.stdin.pipe(server.stdin);
server.stdout.pipe(process.stdout);
// A server that ends first closes its stdin under us; the close below says how it ended.
server.stdin.on("error", () => {});

process.on("SIGTERM", () => server.kill("SIGTERM"));
server.on("close", (code) => process.exit(code ?? 1));
