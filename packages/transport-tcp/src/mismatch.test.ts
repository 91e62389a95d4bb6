import { describe, expect, it } from "vitest";
import { hex } from "./fixtures/codecs.ts";
import { AGREED, dialErrorOf, dialTo, type OpenOptions } from "./fixtures/open-channel.ts";
import { pem } from "./fixtures/pem.ts";
import { RecordingSink } from "./fixtures/recording-sink.ts";
import { serverOf } from "./fixtures/servers.ts";

const HTTP = Buffer.from("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
const TLS_ALERT = hex("15 0301 0002 0246");
const GUIDE = hex("4d43 00000002 7b7d");
const TYPED = hex("4d43 02 00000000");
const MCPB = hex("4d435042 0001 0002 00000002 7b7d");
const PADDED = hex("4d435000 0001 0002 00000000 00000002 7b7d");
const JSON_LINE = Buffer.from('{"jsonrpc":"2.0"}\n');
const SSH = Buffer.from("SSH-2.0-OpenSSH_9.7\r\n");

/** What an open connection ends with when the gateway says only this. */
async function endOf(bytes: Buffer, options: OpenOptions = {}) {
  const port = await serverOf((socket) => socket.write(bytes));
  const sink = new RecordingSink();
  await dialTo(`tcp://127.0.0.1:${port}`, sink, options);
  const { end } = await sink.until("closed");
  expect(sink.events.map(({ kind }) => kind)).toEqual(["closed"]);
  return { port, error: end.error };
}

describe("a port that speaks something else", () => {
  it.each<[string, OpenOptions, Buffer, RegExp, RegExp]>([
    ["HTTP", {}, HTTP, /with HTTP, “HTTP\/1\.1 400 Bad Request”\.$/, /ws:\/\/ or wss:\/\//],
    ["HTTP", { framing: "typed" }, HTTP, /with HTTP/, /ws:\/\/ or wss:\/\//],
    ["HTTP", { framing: "lines" }, HTTP, /with HTTP/, /ws:\/\/ or wss:\/\//],
    ["TLS", {}, TLS_ALERT, /speaks TLS/, /tcps:\/\/ instead of tcp:\/\//],
    ["TLS", { wire: "json-rpc" }, TLS_ALERT, /speaks TLS/, /tcps:\/\//],
    ["mcpb", {}, MCPB, /layout “mcpb”/, /gateway\.framing: mcpb,/],
    ["mcpb-padded", { framing: "typed" }, PADDED, /layout “mcpb-padded”/, /gateway\.framing: mcpb-padded,/],
    ["JSON", {}, JSON_LINE, /JSON without frames/, /gateway\.wire: json-rpc .* gateway\.framing: lines/],
    ["guide", { wire: "json-rpc" }, GUIDE, /layout “guide”/, /Remove gateway\.framing and gateway\.wire/],
    ["typed", { framing: "lines" }, TYPED, /layout “typed”/, /Remove gateway\.framing and gateway\.wire/],
    ["mcpb", { wire: "json-rpc" }, MCPB, /layout “mcpb”/, /gateway\.framing: mcpb, and remove gateway\.wire/],
    ["SSH", {}, SSH, /with text, “SSH-2\.0-OpenSSH_9\.7”\.$/, /host and port of gateway\.url/],
    ["SSH", { framing: "lines" }, SSH, /with text, “SSH-2\.0/, /host and port of gateway\.url/],
    ["escapes", {}, Buffer.from("\u001b[2Jx"), /first bytes: 1b 5b 32 4a 78\)/, /gateway\.framing \(here “guide”\)/],
    ["an unknown type", {}, hex("4d43 2a"), /a frame of type 42.* 4d 43 2a/, /gateway\.framing/],
  ])("ends for good: %s with %j", async (_name, options, bytes, says, hint) => {
    const { error, port } = await endOf(bytes, options);
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error?.message).toMatch(says);
    expect(error?.message).toMatch(new RegExp(`^Protocol mismatch at 127\\.0\\.0\\.1:${port}: `));
    expect(error?.hint).toMatch(hint);
  });

  it.each<[string, string, Buffer, RegExp, RegExp]>([
    ["HTTP", "mcpb", HTTP, /with HTTP/, /ws:\/\//],
    ["guide", "mcpb", GUIDE, /layout “guide”/, /gateway\.framing: guide, or remove it/],
    ["typed", "mcpb-padded", TYPED, /layout “typed”/, /gateway\.framing: typed, or remove it/],
    ["mcpb-padded", "mcpb", PADDED, /layout “mcpb-padded”/, /gateway\.framing: mcpb-padded/],
    ["mcpb", "mcpb-padded", MCPB, /layout “mcpb”/, /gateway\.framing: mcpb,/],
    ["JSON", "mcpb", JSON_LINE, /JSON without frames/, /gateway\.wire: json-rpc/],
    ["version 2", "mcpb", hex("4d435042 0002 0002 00000000"), /a frame of version 2/, /gateway\.framing/],
  ])("fails a dial that negotiates: %s for %s", async (_name, framing, bytes, says, hint) => {
    const port = await serverOf((socket) => socket.write(bytes));
    const error = await dialErrorOf(`tcp://127.0.0.1:${port}`, { framing });
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error.message).toMatch(says);
    expect(error.hint).toMatch(hint);
  });

  it("ends for good when it is seen in the first frame behind the negotiation", async () => {
    const { error } = await endOf(Buffer.concat([AGREED, HTTP]), { framing: "mcpb" });
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error?.message).toContain("with HTTP");
  });

  it("is recognised by a piece of what it says", async () => {
    expect((await endOf(Buffer.from("H"))).error).toMatchObject({ reason: "protocol", permanent: true });
  });

  it("is told from TLS by a real one", async () => {
    const server = pem("server");
    const port = await serverOf(() => {}, { key: server, cert: server });
    const sink = new RecordingSink();
    const channel = await dialTo(`tcp://127.0.0.1:${port}`, sink);
    channel.send(Buffer.from("{}"), {
      kind: "request",
      idKey: undefined,
      method: undefined,
      protocolVersion: undefined,
    });
    const { end } = await sink.until("closed");
    expect(end.error?.hint).toContain("tcps://");
  });
});
