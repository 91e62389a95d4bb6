// A stdio server that answers every request with the line it got, byte for byte, and obeys a few methods.
// Start it with --stubborn and it ignores the end of stdin and SIGTERM.
import process from "node:process";

if (process.argv.includes("--stubborn")) {
  process.on("SIGTERM", () => process.stderr.write("not yet\n"));
  setInterval(() => {}, 1000);
}
process.stderr.write("fixture ready\n");

let parts = [];
process.stdin.on("data", (chunk) => {
  let start = 0;
  for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
    answer(Buffer.concat([...parts, chunk.subarray(start, end)]));
    parts = [];
    start = end + 1;
  }
  parts.push(chunk.subarray(start));
});

function answer(line) {
  const { method, id } = JSON.parse(line.toString());
  if (method === "die") process.exit(3);
  if (method === "babble") process.stdout.write("this is not JSON\n");
  if (id === undefined) return;
  // The id as it was written: a parsed one would be rounded.
  const idText = /"id": *("[^"]*"|[^,} ]+)/.exec(line.subarray(0, 4096).toString())?.[1];
  const result = method === "pid" ? String(process.pid) : line;
  process.stdout.write(
    Buffer.concat([
      Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":{"got":`),
      Buffer.from(result),
      Buffer.from("}}\n"),
    ]),
  );
}
