// A gateway for framed TCP in sixty lines, written from the description of the wire and from nothing else of this repository.
//   node sixty-line-gateway.mjs '{"token","cert","key","record"}' COMMAND…     prints its port when it listens
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import net from "node:net";
import { createInterface } from "node:readline";
import tls from "node:tls";

const [settings, program, ...words] = process.argv.slice(2);
const { token, cert, key, record } = JSON.parse(settings);
const MAGIC = Buffer.from([0x4d, 0x43]);
const [DATA, PING, PONG, ERROR, CLOSE] = [1, 2, 3, 4, 5];

const length = (payload) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(payload.length);
  return bytes;
};
const typed = (type, payload) => Buffer.concat([MAGIC, Buffer.from([type]), length(payload), payload]);
const untyped = (payload) => Buffer.concat([MAGIC, length(payload), payload]);

function serve(socket) {
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "ignore"] });
  const envelopes = new Map();
  let rest = Buffer.alloc(0);

  const take = (type, payload) => {
    if (type === PING) socket.write(typed(PONG, payload));
    if (type === CLOSE) socket.end();
    if (type !== DATA) return;
    const { id, auth_token, mcp_payload } = JSON.parse(payload.toString());
    if (token !== undefined && auth_token !== token) {
      const error = { code: "UNAUTHORIZED", message: "who are you?" };
      socket.write(typed(ERROR, Buffer.from(JSON.stringify({ ...error, correlation_id: id }))));
      return;
    }
    envelopes.set(JSON.stringify(mcp_payload.id), id);
    // The server gets the message as the client wrote it.
    const raw = payload.toString();
    child.stdin.write(`${raw.slice(raw.indexOf('"mcp_payload":') + 14, raw.lastIndexOf("}"))}\n`);
  };
  socket.on("data", (chunk) => {
    if (record !== undefined) appendFileSync(record, chunk);
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 7) {
      const head = rest[2] === 0 ? 6 : 7;
      const end = head + rest.readUInt32BE(head - 4);
      if (!rest.subarray(0, 2).equals(MAGIC) || rest[2] > CLOSE) socket.destroy();
      if (rest.length < end || socket.destroyed) return;
      take(rest[2] || DATA, rest.subarray(head, end));
      rest = rest.subarray(end);
    }
  });
  createInterface(child.stdout).on("line", (line) => {
    const correlation_id = envelopes.get(JSON.stringify(JSON.parse(line).id));
    const envelope = JSON.stringify({ source: "gateway", correlation_id });
    socket.write(untyped(Buffer.from(`${envelope.slice(0, -1)},"mcp_payload":${line}}`)));
  });
  socket
    .on("error", () => {})
    .on("close", () => {
      child.stdin.end();
      setTimeout(() => child.kill(), 1000).unref();
    });
  child.stdin.on("error", () => {});
}

const server = cert === undefined ? net.createServer(serve) : tls.createServer({ cert, key }, serve);
process.once("SIGTERM", () => server.close());
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
