import { describe, expect, it } from "vitest";
import { EnvelopeWriter, readEnvelope } from "./envelope.ts";
import { MalformedMessage } from "./malformed-message.ts";

const PAYLOAD = '{"jsonrpc":"2.0","id":1,"result":{"n":1.0}}';
const read = (text: string) => readEnvelope(Buffer.from(text));

describe("EnvelopeWriter", () => {
  const now = Date.parse("2026-11-23T10:00:00.000Z");
  const writer = new EnvelopeWriter({ now: () => now });

  it("writes the members in the documented order around the payload's own bytes", () => {
    const frame = writer.write(Buffer.from(PAYLOAD), { id: "r-1", namespace: "tools", token: "secret" });
    expect(frame.toString()).toBe(
      `{"id":"r-1","timestamp":"2026-11-23T10:00:00.000Z","source":"local-router","target_namespace":"tools","auth_token":"secret","mcp_payload":${PAYLOAD}}`,
    );
  });

  it("leaves out what there is not, and takes a token back", () => {
    writer.write(Buffer.from(PAYLOAD), { id: "r-1", namespace: "tools", token: "secret" });
    const frame = writer.write(Buffer.from(PAYLOAD), { id: "r-2", namespace: "tools" });
    expect(frame.toString()).toBe(
      `{"id":"r-2","timestamp":"2026-11-23T10:00:00.000Z","source":"local-router","target_namespace":"tools","mcp_payload":${PAYLOAD}}`,
    );
  });

  it("escapes what it is given", () => {
    const frame = new EnvelopeWriter({ source: "é", now: () => now }).write(Buffer.from(PAYLOAD), {
      id: 'a"b',
      namespace: "näme\n😀",
      token: "t\\",
      correlationId: "\u0000",
      metadataJson: '{"ä":"\\n"}',
    });
    expect(JSON.parse(frame.toString("latin1"))).toEqual({
      id: 'a"b',
      timestamp: "2026-11-23T10:00:00.000Z",
      source: "é",
      target_namespace: "näme\n😀",
      auth_token: "t\\",
      correlation_id: "\u0000",
      metadata: { ä: "\n" },
      mcp_payload: JSON.parse(PAYLOAD),
    });
  });

  it("follows the clock", () => {
    let time = 0;
    const ticking = new EnvelopeWriter({ now: () => time });
    const stamp = () => readEnvelope(ticking.write(Buffer.from(PAYLOAD), { id: "x", namespace: "n" })).timestamp;
    expect(stamp()).toBe("1970-01-01T00:00:00.000Z");
    time = 5;
    expect(stamp()).toBe("1970-01-01T00:00:00.005Z");
  });
});

describe("readEnvelope", () => {
  it("reads members in any order and spelling, and ignores unknown ones", () => {
    const facts = read(
      ` {"extra":[{"id":"no"}], "mcp_payload" : ${PAYLOAD} ,"metadata":{"auth":{"token":"t"}},"i\\u0064":"e\\u0031","source":"gateway","correlation_id":"c","timestamp":"now","target_namespace":"tools","jsonrpc":"2.0"} `,
    );
    expect(facts).toMatchObject({
      kind: "payload",
      id: "e1",
      correlationId: "c",
      source: "gateway",
      timestamp: "now",
      targetNamespace: "tools",
      metadata: { auth: { token: "t" } },
      hasMetadata: true,
      error: undefined,
    });
    expect(facts.message?.bytes.toString()).toBe(PAYLOAD);
  });

  it("accepts an envelope of the payload alone", () => {
    const facts = read(`{"mcp_payload":${PAYLOAD}}`);
    expect(facts).toMatchObject({ kind: "payload", id: undefined, metadata: undefined, hasMetadata: false });
  });

  it("ignores members of unexpected types", () => {
    expect(read(`{"id":7,"source":null,"timestamp":[],"mcp_payload":${PAYLOAD}}`)).toMatchObject({
      kind: "payload",
      id: undefined,
      source: undefined,
      timestamp: undefined,
    });
  });

  it("makes one line of a pretty-printed payload", () => {
    const facts = read(`{\n"mcp_payload": {\n  "jsonrpc": "2.0",\r\n  "id": 1, "result": {}\n}\n}`);
    expect(facts.message?.bytes.toString()).toBe('{   "jsonrpc": "2.0",    "id": 1, "result": {} }');
  });

  it("hands a malformed payload on with its reason and id", () => {
    const { kind, message } = read('{"mcp_payload":{"id":1,"result":{}}}');
    expect(kind).toBe("payload");
    expect(message).toBeInstanceOf(MalformedMessage);
    expect(message).toMatchObject({ reason: "bad_version", id: "1" });
    expect(read('{"mcp_payload":null}').message).toMatchObject({ reason: "not_object" });
    expect(read('{"mcp_payload":[]}').message).toMatchObject({ reason: "batch" });
  });

  it("reads a gateway error", () => {
    const facts = read(
      '{"id":"e","error":{"code":"RATE_LIMIT_EXCEEDED","message":"slow down","details":{"retry_after":3}}}',
    );
    expect(facts).toMatchObject({
      kind: "error",
      id: "e",
      message: undefined,
      error: { code: "RATE_LIMIT_EXCEEDED", message: "slow down", details: { retry_after: 3 } },
    });
    expect(read('{"source":"gateway","error":{"code":7}}')).toMatchObject({
      kind: "error",
      error: { code: undefined },
    });
    expect(read('{"error":"text"}')).toMatchObject({ kind: "error", error: { code: undefined, message: undefined } });
  });

  it.each([
    '{"jsonrpc":"2.0","method":"notifications/shutdown"}',
    '{"id":1,"jsonrpc":"2.0","result":{}}',
    '{"id":1,"error":{"code":-32600,"message":"m"},"jsonrpc":"2.0"}',
    '{"\\u006asonrpc":"2.0","id":1,"error":{"code":"TEXT"},"x":1}',
  ])("takes %s for a bare message", (text) => {
    const facts = read(text);
    expect(facts).toMatchObject({ kind: "bare", id: undefined, error: undefined });
    expect(facts.message?.bytes.toString()).toBe(text);
  });

  it.each([
    ['{"id":1,"error":{"code":-32600,"message":"m"}}', "bad_version"],
    ['{"id":1,"result":{}}', "bad_version"],
    ['{"jsonrpc":"2.0","id":1,"id":2,"result":{}}', "ambiguous"],
  ])("takes %s for a bare message that is %s", (text, reason) => {
    expect(read(text)).toMatchObject({ kind: "bare", message: { reason } });
  });

  it("takes what has a payload for an envelope, wherever jsonrpc stands", () => {
    expect(read(`{"jsonrpc":"2.0","id":"e","mcp_payload":${PAYLOAD}}`)).toMatchObject({ kind: "payload", id: "e" });
  });

  it.each([
    ["not_json", ""],
    ["not_json", "hello"],
    ["not_json", `{"mcp_payload":${PAYLOAD}`],
    ["not_json", `{"mcp_payload":${PAYLOAD}}}`],
    ["not_json", '{"mcp_payload":{"jsonrpc":"2.0",}}'],
    ["too_deep", `{"mcp_payload":${"[".repeat(129)}${"]".repeat(129)}}`],
    ["too_deep", `{"metadata":${"[".repeat(128)}${"]".repeat(128)}}`],
    ["not_object", "[1]"],
    ["not_object", "null"],
    ["no_payload", "{}"],
    ["no_payload", '{"id":"x","source":"gateway"}'],
    ["ambiguous", `{"mcp_payload":${PAYLOAD},"mcp_payloa\\u0064":${PAYLOAD}}`],
    ["ambiguous", `{"id":"a","id":"a","mcp_payload":${PAYLOAD}}`],
    ["ambiguous", `{"correlation_id":"a","correlation_id":"b","mcp_payload":${PAYLOAD}}`],
    ["ambiguous", '{"error":{},"error":{}}'],
  ])("refuses as %s: %s", (refusal, text) => {
    expect(read(text)).toMatchObject({ kind: "refused", refusal, message: undefined });
  });

  it("lets a message be as deep inside an envelope as outside", () => {
    const deep = `{"jsonrpc":"2.0","method":"a","params":${"[".repeat(127)}${"]".repeat(127)}}`;
    expect(read(`{"mcp_payload":${deep}}`).message?.bytes.toString()).toBe(deep);
  });
});
