import { describe, expect, it } from "vitest";
import { MalformedMessage } from "./malformed-message.ts";
import { RawMessage, readMessage } from "./raw-message.ts";

function read(text: string): RawMessage {
  const message = RawMessage.read(Buffer.from(text));
  if (message instanceof MalformedMessage) throw new Error(message.detail);
  return message;
}

function refused(text: string): MalformedMessage {
  const message = readMessage(Buffer.from(text));
  if (message instanceof RawMessage) throw new Error("was accepted");
  return message;
}

describe("RawMessage", () => {
  it("reads the facts of a call", () => {
    const message = read(
      '{"jsonrpc":"2.0","id":1.0,"method":"tools/call","params":{"name":"l\\u00e4uft","_meta":{"progressToken":"\\u0061","io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}',
    );
    expect(message).toMatchObject({
      kind: "request",
      id: "1.0",
      idKey: "1",
      method: "tools/call",
      name: "läuft",
      uri: undefined,
      progressKey: '"a"',
      cancelsKey: undefined,
      protocolVersion: "2026-07-28",
    });
  });

  it("reads what a cancellation cancels, and only a cancellation does", () => {
    const params = '"params":{"requestId":"\\u0037"}';
    expect(read(`{"jsonrpc":"2.0","method":"notifications/cancelled",${params}}`).cancelsKey).toBe('"7"');
    expect(read(`{"jsonrpc":"2.0","method":"notifications/other",${params}}`).cancelsKey).toBeUndefined();
  });

  it("takes the progress token from the request's _meta, and from the params of a progress notification", () => {
    const params = '"params":{"progressToken":5,"_meta":{"progressToken":6}}';
    expect(read(`{"jsonrpc":"2.0","method":"notifications/progress",${params}}`).progressKey).toBe("5");
    expect(read(`{"jsonrpc":"2.0","id":1,"method":"notifications/progress",${params}}`).progressKey).toBe("6");
    expect(read(`{"jsonrpc":"2.0","method":"notifications/message",${params}}`).progressKey).toBeUndefined();
  });

  it("reads the subscription a notice belongs to", () => {
    const meta = '{"io.modelcontextprotocol/subscriptionId":12}';
    expect(read(`{"jsonrpc":"2.0","method":"n","params":{"_meta":${meta}}}`).subscriptionKey).toBe("12");
  });

  it("has the id null when an error reply has none", () => {
    for (const id of ["", '"id":null,']) {
      const message = read(`{"jsonrpc":"2.0",${id}"error":{"code":1,"message":"m"}}`);
      expect([message.id, message.idKey]).toEqual(["null", undefined]);
    }
  });

  it("keeps ids of every spelling as they are", () => {
    for (const id of ["0", "7", "-3", "123456789012345", "9007199254740993", "1e2", '"é"', '"__proto__"']) {
      expect(read(`{"jsonrpc":"2.0","id":${id},"method":"a"}`).id).toBe(id);
    }
  });

  it("ignores names that are no strings", () => {
    const message = read('{"jsonrpc":"2.0","method":"a","params":{"name":7,"uri":null}}');
    expect([message.name, message.uri]).toEqual([undefined, undefined]);
  });

  it("is a view without the white space around it when nothing has to change", () => {
    const line = Buffer.from('  {"jsonrpc":"2.0","method":"a"} ');
    const message = readMessage(line);
    expect(message.bytes.toString()).toBe('{"jsonrpc":"2.0","method":"a"}');
    expect(message.bytes.buffer).toBe(line.buffer);
  });

  it("has line breaks between tokens replaced by spaces in a copy", () => {
    const bytes = Buffer.from('\n{\r\n"jsonrpc":"2.0",\n"method":"a\\nb",\n"id":1}\n');
    const before = Buffer.from(bytes);
    const message = readMessage(bytes);
    expect(message.bytes.toString()).toBe('{  "jsonrpc":"2.0", "method":"a\\nb", "id":1}');
    expect(message.id).toBe("1");
    expect(bytes.equals(before)).toBe(true);
  });

  it("parses once, frozen all through, with __proto__ as an ordinary member", () => {
    const message = read('{"jsonrpc":"2.0","method":"a","params":{"__proto__":{"polluted":[1]}}}');
    expect(message.json).toBe(message.json);
    const { params } = JSON.parse(message.bytes.toString());
    expect(Object.hasOwn(params, "__proto__")).toBe(true);
    expect(Object.getOwnPropertyDescriptor({}, "polluted")).toBeUndefined();
    const frozen = (value: unknown): boolean =>
      typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(message.json)).toBe(true);
  });

  it("gives its bytes with another id, token or cancelled request, all else untouched", () => {
    const call = read('{"jsonrpc":"2.0", "params":{"_meta":{"progressToken":1,"x":1.0}},"id":1,"method":"m"}');
    expect(call.withId('"é"').toString()).toBe(
      '{"jsonrpc":"2.0", "params":{"_meta":{"progressToken":1,"x":1.0}},"id":"é","method":"m"}',
    );
    expect(call.withIds({ id: "22", progressToken: '"t"' }).toString()).toBe(
      '{"jsonrpc":"2.0", "params":{"_meta":{"progressToken":"t","x":1.0}},"id":22,"method":"m"}',
    );
    const cancel = read('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}');
    expect(cancel.withCancelledId("44").toString()).toBe(
      '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":44}}',
    );
    expect(call.id).toBe("1");
  });

  it("gives its bytes unchanged when there is nothing to replace", () => {
    const notice = read('{"jsonrpc":"2.0","method":"a"}');
    expect(notice.withIds({ id: "1", progressToken: "2", requestId: "3" })).toBe(notice.bytes);
  });

  it("puts an id into an error reply that has none", () => {
    const reply = read('{"jsonrpc":"2.0","error":{"code":1,"message":"m"}}');
    expect(reply.withId("5").toString()).toBe('{"id":5,"jsonrpc":"2.0","error":{"code":1,"message":"m"}}');
  });

  it("is rebuilt without extra members, values byte for byte", () => {
    const message = read('{"x":1,"result":{"n":1.0, "y":[]},"jsonrpc":"2.0","params":{},"id":1e0}');
    expect(message.extraMembers).toBe(true);
    expect(message.normalised().toString()).toBe('{"jsonrpc":"2.0","id":1e0,"result":{"n":1.0, "y":[]}}');
  });
});

describe("MalformedMessage", () => {
  it("carries the id when there is one legal id", () => {
    expect(refused('{"id":"\\u0061","method":7}')).toMatchObject({
      id: '"\\u0061"',
      reason: "bad_method",
      kindGuess: "request",
    });
    expect(refused('{"id":1,"method":"a","id":1}').id).toBeUndefined();
    expect(refused('{"jsonrpc":"2.0","id":1.5,"method":"a"}').id).toBeUndefined();
    expect(refused(`{"jsonrpc":"2.0","id":5,"method":"a","params":${"[".repeat(200)}`)).toMatchObject({
      reason: "too_deep",
      id: "5",
    });
  });

  it("carries no id that is cut off or runs into garbage", () => {
    expect(refused('{"jsonrpc":"2.0","id":12').id).toBeUndefined();
    expect(refused('{"jsonrpc":"2.0","id":12x').id).toBeUndefined();
    expect(refused('{"jsonrpc":"2.0","id":12,').id).toBe("12");
  });

  it("says what is wrong and where without quoting the text", () => {
    expect(refused('  {"secret":x}').detail).toBe("not valid JSON (at byte 12)");
    expect(refused('{"secret":"x"}').detail).toBe("none of method, result and error");
  });

  it("can be mended when only the version is wrong", () => {
    expect(refused('{"id":1,\n"result":{\n}}').normalised()?.toString()).toBe('{"jsonrpc":"2.0","id":1,"result":{ }}');
    expect(refused('{"jsonrpc":"1.0","method":"a","x":1}').normalised()?.toString()).toBe(
      '{"jsonrpc":"2.0","method":"a"}',
    );
    expect(refused('{"id":1.5,"result":{}}').normalised()).toBeUndefined();
  });
});
