// A gateway that only answers, as cheaply as it can, so that a benchmark measures the router: envelopes over WebSocket and
// over framed TCP. Prints one line of JSON with its addresses.
import { createServer } from "node:net";
import { WebSocketServer } from "ws";

const HEAD = Buffer.from('{"source":"gateway","mcp_payload":{"jsonrpc":"2.0","id":');
const PAYLOAD = Buffer.from('"mcp_payload":');
const MAGIC_AND_LENGTH = 6;

/** The answer to one envelope: a text as long as the request asks for, in the member `size` that comes last in it. */
function answerTo(message) {
  const payload = message.subarray(message.lastIndexOf(PAYLOAD) + PAYLOAD.length).toString("latin1", 0, 200);
  const id = /"id":(\d+)/.exec(payload)?.[1];
  if (id === undefined) return undefined;
  const size = Number(/"size":(\d+)/.exec(payload)?.[1] ?? 0);
  return [HEAD, Buffer.from(`${id},"result":{"text":"`), filling(size), Buffer.from('"}}}')];
}

const fillings = new Map();
function filling(size) {
  let bytes = fillings.get(size);
  if (bytes === undefined) fillings.set(size, (bytes = Buffer.alloc(size, "x")));
  return bytes;
}

const webSockets = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
webSockets.on("connection", (webSocket, request) => {
  let corked = false;
  webSocket.on("message", (message) => {
    const answer = answerTo(message);
    if (answer === undefined) return;
    if (!corked) {
      corked = true;
      request.socket.cork();
      process.nextTick(() => {
        corked = false;
        request.socket.uncork();
      });
    }
    webSocket.send(Buffer.concat(answer), { binary: false });
  });
});

const frames = createServer({ noDelay: true }, (socket) => {
  const pieces = [];
  let length = 0;
  const header = Buffer.from([0x4d, 0x43, 0, 0, 0, 0]);
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    pieces.push(chunk);
    length += chunk.length;
    // A large frame is put together once, when all of it is there.
    if (pieces.length > 1 && length < needed(pieces[0])) return;
    let rest = pieces.length === 1 ? chunk : Buffer.concat(pieces);
    pieces.length = 0;
    socket.cork();
    while (rest.length >= MAGIC_AND_LENGTH && rest.length >= needed(rest)) {
      const end = needed(rest);
      // Heartbeats are typed; a benchmark that keeps the line busy never sees one.
      const answer = answerTo(rest.subarray(MAGIC_AND_LENGTH, end));
      if (answer !== undefined) {
        const head = Buffer.from(header);
        head.writeUInt32BE(
          answer.reduce((sum, part) => sum + part.length, 0),
          2,
        );
        socket.write(Buffer.concat([head, ...answer]));
      }
      rest = rest.subarray(end);
    }
    socket.uncork();
    if (rest.length > 0) pieces.push(rest);
    length = rest.length;
  });
});

function needed(bytes) {
  return bytes.length < MAGIC_AND_LENGTH ? MAGIC_AND_LENGTH : MAGIC_AND_LENGTH + bytes.readUInt32BE(2);
}

frames.listen(0, "127.0.0.1", () => {
  const ws = `ws://127.0.0.1:${webSockets.address().port}/mcp`;
  const tcp = `tcp://127.0.0.1:${frames.address().port}`;
  console.log(JSON.stringify({ ws, tcp }));
});
