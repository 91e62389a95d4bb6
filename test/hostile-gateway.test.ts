import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { expectAlive } from "./support/expect-alive.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { SharedScope } from "./support/scope.ts";
import { type RouterOptions, spawnRouter } from "./support/spawn-router.ts";
import { type Answers, type Asked, startTestGateway, type TestGateway } from "./support/test-gateway.ts";

const MEBIBYTE = 1024 * 1024;

async function startClient(options: RouterOptions): Promise<ParanoidClient> {
  const client = new ParanoidClient(await spawnRouter(options));
  await client.initialize();
  return client;
}

function reply(id: string | undefined, rest: string): string {
  return `{"jsonrpc":"2.0","id":${id ?? "null"},${rest}}`;
}

type Misdeed = (asked: Asked) => void;

/** What the gateway does before it answers properly. */
const NONSENSE: { readonly [name: string]: Misdeed } = {
  "a reply to an unknown number": ({ session }) => session.send(reply("987654", '"result":{}')),
  "a reply to an unknown text": ({ session }) => session.send(reply('"nobody"', '"result":{}')),
  "an error for an unknown id": ({ session }) => session.send(reply("987654", '"error":{"code":1,"message":"x"}')),
  "a result with id null": ({ session }) => session.send(reply("null", '"result":{}')),
  "an error with id null": ({ session }) => session.send(reply("null", '"error":{"code":1,"message":"x"}')),
  "a result without id": ({ session }) => session.send('{"jsonrpc":"2.0","result":{}}'),
  "an error without id": ({ session }) => session.send('{"jsonrpc":"2.0","error":{"code":1,"message":"x"}}'),
  "a reply with the id as text": ({ session, id }) => session.send(reply(JSON.stringify(id), '"result":{}')),
  "a reply with id {}": ({ session }) => session.send(reply("{}", '"result":{}')),
  "a reply with id 1.5": ({ session }) => session.send(reply("1.5", '"result":{}')),
  "a reply to an answered request": ({ session }) => session.send(reply("1", '"result":{}')),
  "progress for a token that nobody has": ({ session }) =>
    session.send('{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"x","progress":1}}'),
  "progress without a token": ({ session }) =>
    session.send('{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}'),
  "a cancel of a request it never made": ({ session }) =>
    session.send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}'),
  "a cancel of the client's request": ({ session, id }) =>
    session.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id}}}`),
  "garbage as a frame": ({ session }) => session.sendFrame("HTTP/1.1 200 OK"),
  "an empty frame": ({ session }) => session.sendFrame(""),
  "NULs as a frame": ({ session }) => session.sendFrame("\0\0\0\0"),
  "a number as a frame": ({ session }) => session.sendFrame("42"),
  "an array as a frame": ({ session }) => session.sendFrame("[]"),
  "JSON that is nothing to us": ({ session }) => session.sendFrame('{"hello":"world"}'),
  "half an envelope": ({ session }) => session.sendFrame('{"id":"x","mcp_payload":{"jsonrpc":"2.0",'),
  "an envelope with null in it": ({ session }) => session.send("null"),
  "an envelope with text in it": ({ session }) => session.send('"text"'),
  "an envelope with a batch in it": ({ session }) => session.send("[]"),
  "an envelope that is a million levels deep": ({ session }) =>
    session.sendFrame(`{"mcp_payload":${"[".repeat(1e6)}${"]".repeat(1e6)}}`),
  "a request with id null": ({ session }) => session.send('{"jsonrpc":"2.0","id":null,"method":"roots/list"}'),
  "a request with id 1.5": ({ session }) => session.send('{"jsonrpc":"2.0","id":1.5,"method":"roots/list"}'),
  "a request without a method": ({ session }) => session.send('{"jsonrpc":"2.0","id":4}'),
  "a notification with a number as method": ({ session }) => session.send('{"jsonrpc":"2.0","method":4}'),
  "an error of the gateway for nobody": ({ session }) =>
    void session.sendFault({ code: "INTERNAL_ERROR", message: "x" }),
  "an error of the gateway for an unknown message": ({ session }) =>
    void session.sendFault({ code: "INTERNAL_ERROR", message: "x" }, { correlationId: "nobody" }),
};

/** Answers that no client would take; the request is answered with an error in their place. */
const BAD_ANSWERS: { readonly [name: string]: string } = {
  "result null": '"result":null',
  "result 7": '"result":7',
  "a list as result": '"result":[]',
  "both result and error": '"result":{},"error":{"code":1,"message":"x"}',
  "error null": '"error":null',
  "text as error": '"error":"x"',
  "an error without code": '"error":{"message":"x"}',
  "an error without message": '"error":{"code":1}',
  "error code 1.5": '"error":{"code":1.5,"message":"x"}',
  'error code "1"': '"error":{"code":"1","message":"x"}',
  "error code 10^400": '"error":{"code":1e400,"message":"x"}',
  "two results": '"result":{},"result":{"other":true}',
  "a result a million levels deep": `"result":{"a":${"[".repeat(1e6)}${"]".repeat(1e6)}}`,
  "a result that is no JSON": '"result":{]',
};

const answers: { [method: string]: (asked: Asked) => void } = {};
for (const [name, misdeed] of Object.entries(NONSENSE)) {
  answers[`nonsense/${name}`] = (asked) => {
    misdeed(asked);
    asked.result('{"proper":true}');
  };
}
for (const [name, rest] of Object.entries(BAD_ANSWERS)) {
  answers[`bad/${name}`] = ({ session, id, envelopeId }) => {
    session.send(reply(id, rest), envelopeId === undefined ? {} : { correlationId: envelopeId });
  };
}

/** Results that must reach the client as the bytes they are. */
const FAITHFUL: readonly (readonly [string, string])[] = [
  ["large numbers", '{"n":[9007199254740993,-9007199254740993,1e400,1.0,-0,1E+2]}'],
  ["key order, keys like numbers, and repeated keys", '{"b":1,"10":2,"2":3,"a":4,"a":5}'],
  ["__proto__", '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'],
  ["lone surrogates and escapes", '{"t":"\\ud800 \\u0000 \\u00e9 \\/ é 🙂 \u2028"}'],
  ["white space", '{ "a" :\t[ 1 ,2 ] }'],
  ["100,000 keys", `{${Array.from({ length: 100_000 }, (_, n) => `"k${n}":${n}`).join(",")}}`],
  ["100 levels", `{"a":${"[".repeat(100)}${"]".repeat(100)}}`],
];

describe("what a gateway says on an open connection", () => {
  const scope = new SharedScope();
  let client: ParanoidClient;
  let test: TestGateway;

  beforeAll(async () => {
    const more: Answers = {
      "test/twice": (asked) => {
        asked.result('{"first":true}');
        asked.result('{"first":false}');
        asked.session.send(reply(asked.id, '"error":{"code":1,"message":"x"}'));
      },
      "test/progress-late": ({ session, id, result }) => {
        const progress = (value: number): void => {
          session.send(
            `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"late","progress":${value}}}`,
          );
        };
        progress(1);
        session.send(reply(id, '"result":{}'));
        progress(2);
        void result;
      },
      "test/faithful": ({ result, params }) => result(FAITHFUL[Number(params["row"])]?.[1] ?? ""),
      "test/pretty": ({ session, id }) =>
        session.send(`{\r\n  "jsonrpc": "2.0",\n  "id": ${id},\n  "result": {\n    "a b": "c\\nd"\n  }\n}`),
      "test/extra": ({ session, id }) =>
        session.send(`{"took":3,"jsonrpc":"2.0","id":${id},"result":{"n":1.0},"_links":[]}`),
      "test/version": ({ session, id }) => session.send(`{"id":${id},"result":{"n":1.0}}`),
      "test/binary": ({ session, id }) =>
        session.sendFrame(Buffer.from(`{"mcp_payload":${reply(id, '"result":{"t":"é🙂"}')}}`)),
      "test/bare": ({ session, id }) => session.send(reply(id, '"result":{"bare":true}'), { raw: true }),
      "test/batch": ({ session, id, envelopeId }) => {
        session.send(`[${reply(id, '"result":{}')}]`, envelopeId === undefined ? {} : { correlationId: envelopeId });
      },
      "test/envelope-id": ({ session, envelopeId }) =>
        session.send(reply(JSON.stringify(envelopeId), '"error":{"code":-32601,"message":"no"}')),
      "test/null-id": ({ session, envelopeId }) => {
        session.send(
          reply("null", '"error":{"code":-32601,"message":"no"}'),
          envelopeId === undefined ? {} : { correlationId: envelopeId },
        );
      },
      "test/fault": ({ session, params, envelopeId }) => {
        const error = { code: params["code"], message: "said so", details: { retry_after: 2 } };
        session.sendFrame(JSON.stringify({ id: "fault", correlation_id: envelopeId, error }));
      },
      "test/large": ({ result, params }) => result(`{"t":"${"x".repeat(Number(params["bytes"]))}"}`),
      "test/same-id": ({ session, id, result }) => {
        session.send(`{"jsonrpc":"2.0","id":${id},"method":"roots/list"}`);
        result("{}");
      },
    };
    test = await startTestGateway({ ...answers, ...more }, { scope: scope.add });
    client = await startClient({ url: test.url, scope: scope.add });
  });
  afterAll(async () => {
    try {
      expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
      expect(test.connections).toBe(1);
    } finally {
      await scope.close();
    }
  });

  it.each(Object.keys(NONSENSE))("%s does not reach the client", async (name) => {
    const { lines } = client;
    expect((await client.request(`nonsense/${name}`)).result).toEqual({ proper: true });
    expect(client.lines).toBe(lines + 1);
  });

  it.each(Object.keys(BAD_ANSWERS))("%s becomes one error that says the call has run", async (name) => {
    expect((await client.request(`bad/${name}`)).error).toMatchObject({
      code: -31010,
      data: { source: "mcp-router", reason: "BAD_UPSTREAM_REPLY", outcome: "executed" },
    });
    await expectAlive(client);
  });

  it("the second and third answer to a request are dropped", async () => {
    expect((await client.request("test/twice")).result).toEqual({ first: true });
    await expectAlive(client);
  });

  it("progress reaches the client until the answer, and not after it", async () => {
    await client.request("test/progress-late", { _meta: { progressToken: "late" } });
    await expectAlive(client);
    expect(client.notifications.items.map(({ params }) => params["progress"])).toEqual([1]);
    await client.notifications.next();
  });

  it.each(FAITHFUL.map(([name], row) => [name, row] as const))(
    "a result with %s reaches the client byte for byte",
    async (_name, row) => {
      const id = `faithful-${row}`;
      const { line } = await client.request("test/faithful", { row }, id);
      expect(line.toString() === reply(JSON.stringify(id), `"result":${FAITHFUL[row]?.[1]}`)).toBe(true);
    },
  );

  it("a pretty-printed answer becomes one line", async () => {
    const { line } = await client.request("test/pretty", {}, 70_001);
    expect(line.toString().replace(/ +/g, " ")).toBe('{ "jsonrpc": "2.0", "id": 70001, "result": { "a b": "c\\nd" } }');
  });

  it("members that JSON-RPC does not know are taken off an answer", async () => {
    const { line } = await client.request("test/extra", {}, 70_002);
    expect(line.toString()).toBe('{"jsonrpc":"2.0","id":70002,"result":{"n":1.0}}');
  });

  it("an answer without a version gets one", async () => {
    const { line } = await client.request("test/version", {}, 70_003);
    expect(JSON.parse(line.toString())).toEqual({ jsonrpc: "2.0", id: 70_003, result: { n: 1 } });
  });

  it("an answer in a binary frame counts", async () => {
    expect((await client.request("test/binary")).result).toEqual({ t: "é🙂" });
  });

  it("an answer without an envelope counts", async () => {
    expect((await client.request("test/bare")).result).toEqual({ bare: true });
  });

  it("a batch that answers a request ends it with an error", async () => {
    expect((await client.request("test/batch")).error).toMatchObject({ code: -31010 });
  });

  it.each(["test/envelope-id", "test/null-id"])(
    "an error that goes by the envelope (%s) finds its request",
    async (method) => {
      expect((await client.request(method, {}, "mine")).error).toMatchObject({ code: -32601, message: "no" });
    },
  );

  it.each([
    ["RATE_LIMIT_EXCEEDED", -31004, "not_executed", 2000],
    ["SERVICE_UNAVAILABLE", -31001, "not_executed", 2000],
    ["FORBIDDEN", -31007, "not_executed", 2000],
    ["NOT_FOUND", -31010, "not_executed", 2000],
    ["INVALID_REQUEST", -31010, "not_executed", 2000],
    ["INTERNAL_ERROR", -31010, "unknown", 2000],
    ["\u001b[2J", -31010, "unknown", 2000],
  ])("the gateway's error %j becomes %i, %s", async (code, number, outcome, retryAfter) => {
    const { error } = await client.request("test/fault", { code });
    expect(error).toMatchObject({ code: number, data: { outcome, retry_after_ms: retryAfter } });
    expect(error?.message).toContain("said so");
    expect(error?.message).not.toContain("\u001b");
  });

  it("an answer of 11 MiB fails its own request and no other", async () => {
    const large = client.request("test/large", { bytes: 11 * MEBIBYTE });
    const small = client.request("test/echo", { nonce: "beside" });
    expect((await large).error).toMatchObject({
      code: -31008,
      data: { reason: "TOO_LARGE", direction: "reply", outcome: "executed", retryable: false },
    });
    expect((await small).result).toMatchObject({ nonce: "beside" });
  });

  it("an answer of 9 MiB is delivered", async () => {
    expect((await client.request("test/large", { bytes: 9 * MEBIBYTE })).line.length).toBeGreaterThan(9 * MEBIBYTE);
  });

  it("both sides may use the same id at once", async () => {
    const answered = client.request("test/same-id", {}, 70_004);
    const asked = await client.requests.next();
    expect(asked).toMatchObject({ id: 70_004, method: "roots/list" });
    await answered;
    const arrived = test.gateway.next("received", ({ payload }) => payload?.includes('"roots"') === true);
    client.answer(asked, { roots: [] });
    expect((await arrived).payload?.toString()).toBe('{"jsonrpc":"2.0","id":70004,"result":{"roots":[]}}');
  });

  it("nothing a peer sent has changed a prototype or ended up on stderr as a terminal escape", () => {
    expect(client.router.stderr).not.toContain("\u001b");
  });
});

it("1,000 answers in random order each reach their own request", async () => {
  const waiting: Asked[] = [];
  const test = await startTestGateway({
    "test/shuffled": (asked) => {
      waiting.push(asked);
      if (waiting.length < 1000) return;
      // A fixed order without order: 7919 is prime to 1000.
      for (let n = 0; n < 1000; n++) {
        const { params, result } = waiting[(n * 7919) % 1000] ?? asked;
        result(JSON.stringify({ nonce: params["nonce"] }));
      }
    },
  });
  const client = await startClient({ url: test.url });
  const replies = await Promise.all(
    Array.from({ length: 1000 }, (_, nonce) => client.request("test/shuffled", { nonce }, nonce + 10)),
  );
  expect(replies.map(({ result }) => result?.["nonce"])).toEqual(Array.from({ length: 1000 }, (_, nonce) => nonce));
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});

it("a gateway that sends more than the client reads is slowed down, and nothing is lost", async () => {
  const COUNT = 1000;
  const filling = "x".repeat(100_000);
  let sent = 0;
  let resume = (): void => {};
  const test = await startTestGateway({
    "test/flood": ({ session, result }) => {
      resume = () => {
        while (sent < COUNT) {
          const room = session.send(
            `{"jsonrpc":"2.0","method":"notifications/n","params":{"n":${sent++},"filling":"${filling}"}}`,
          );
          if (!room) {
            setImmediate(resume);
            return;
          }
        }
        result("{}");
      };
      resume();
    },
  });
  const client = await startClient({ url: test.url });
  await expectAlive(client);
  const memory = process.platform === "linux" ? client.router.peakMemory() : 0;
  client.router.child.stdout.pause();
  const done = client.request("test/flood");
  const arrived = test.gateway.next("received", ({ payload }) => payload?.includes("test/flood") === true);
  await arrived;
  // The client starts to read when the gateway has not got on for a while.
  for (let before = -1; sent !== before;) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  client.router.child.stdout.resume();
  await done;
  const numbers = client.notifications.items.map(({ params }) => params["n"]);
  expect(numbers).toEqual(Array.from({ length: COUNT }, (_, n) => n));
  if (process.platform === "linux") expect(client.router.peakMemory() - memory).toBeLessThan(100 * MEBIBYTE);
  await client.finish();
});
