// A gateway for framed TCP that reads at its own pace and says nothing, not even to heartbeats, before it has read so many calls.
//   node slow-gateway.mjs CALLS     prints its port, and a line for each connection
import { createServer } from "node:net";

const calls = Number(process.argv[2]);
const BYTES_A_TURN = 2 * 1024 * 1024;
const TURN_MS = 100;
/** Enough of an envelope to find the id of its message. */
const HEAD_BYTES = 600;
const RESULT = { protocolVersion: "2025-06-18", capabilities: {}, serverInfo: { name: "slow", version: "1" } };

function answerTo(head) {
  const text = head.toString("latin1");
  const id = /"mcp_payload":\{"jsonrpc":"2.0","id":(\d+)/.exec(text)?.[1];
  if (id === undefined) return undefined;
  const reply = Buffer.from(`{"mcp_payload":{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(RESULT)}}}`);
  const header = Buffer.from([0x4d, 0x43, 0, 0, 0, 0]);
  header.writeUInt32BE(reply.length, 2);
  return { opens: text.includes('"method":"initialize"'), bytes: Buffer.concat([header, reply]) };
}

const server = createServer((socket) => {
  console.log("connection");
  const replies = [];
  let head = Buffer.alloc(0);
  let missing = -1;
  let budget = BYTES_A_TURN;
  const ended = () => {
    const answer = answerTo(head);
    head = Buffer.alloc(0);
    missing = -1;
    if (answer === undefined) return;
    replies.push(answer.bytes);
    if (answer.opens || replies.length === calls) socket.write(Buffer.concat(replies.splice(0)));
  };
  const take = (bytes) => {
    // Of a frame only its beginning is kept.
    if (missing > 0) {
      const part = bytes.subarray(0, missing);
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, part.subarray(0, HEAD_BYTES)]);
      missing -= part.length;
      if (missing > 0) return;
      ended();
      if (bytes.length > part.length) take(bytes.subarray(part.length));
      return;
    }
    head = Buffer.concat([head, bytes]);
    if (head.length < 7) return;
    const headerLength = head[2] === 0 ? 6 : 7;
    missing = head.readUInt32BE(headerLength - 4);
    const rest = head.subarray(headerLength);
    head = Buffer.alloc(0);
    if (missing === 0) ended();
    if (rest.length > 0) take(rest);
  };
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    take(chunk);
    budget -= chunk.length;
    if (budget > 0) return;
    budget = BYTES_A_TURN;
    socket.pause();
    setTimeout(() => socket.resume(), TURN_MS);
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
