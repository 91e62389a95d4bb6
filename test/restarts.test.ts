import { expect, it } from "vitest";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { CallToolResultSchema, McpError, ResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { Dice, Ledger } from "@mcp-router/testkit";

import { isJsonObject, type Json } from "./support/json.ts";
import { untilTestEnds } from "./support/scope.ts";
import { routerCommand } from "./support/spawn-router.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const RESTARTS = 100;
/** Requests that are answered between two restarts. */
const BETWEEN = 150;
const CALLERS = 8;
const LISTERS = 4;
const SERVER =
  '{"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":true},"logging":{},"resources":{"subscribe":true}},"serverInfo":{"name":"test-server","version":"1.0.0"}}';
const SUBSCRIPTIONS = ["file:///a", "file:///b"];

it(
  "a gateway that restarts 100 times under the load of an official client costs time and nothing else",
  { timeout: 120_000 },
  async () => {
    const dice = new Dice(3);
    const ledger = new Ledger();
    const uncertain: Json[] = [];
    let answered = 0;
    let open = 0;
    let onProgress = (): void => {};
    const gateway = await startTestGateway(
      {
        initialize: ({ result }) => result(SERVER),
        "tools/call": ({ connection, method, params, result }) => {
          const args = params["arguments"];
          const nonce = Number(isJsonObject(args) ? args["nonce"] : undefined);
          ledger.executed({ nonce, connection, method });
          const answer = (): void => {
            result(JSON.stringify({ content: [{ type: "text", text: String(nonce) }] }));
          };
          // Some answers take a turn longer, so that a restart finds calls that have run and are not answered.
          if (dice.chance(0.5)) answer();
          else setImmediate(answer);
        },
        "tools/list": ({ result }) => result('{"tools":[]}'),
        "logging/setLevel": ({ result }) => result("{}"),
        "resources/subscribe": ({ result }) => result("{}"),
      },
      { requireInitialized: true },
    );

    const { directory, words, env } = await routerCommand({
      url: gateway.url,
      config: { gateway: { reconnect: { initial_delay_ms: 10, max_delay_ms: 20 } } },
    });
    const client = new Client({ name: "restarts", version: "1.0.0" });
    const faults: Error[] = [];
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a client is no event target
    client.onerror = (error) => void faults.push(error);
    const unexpected: string[] = [];
    client.fallbackNotificationHandler = async ({ method }) => void unexpected.push(method);
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [...words],
      cwd: directory,
      stderr: "pipe",
      env: Object.fromEntries(
        Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
    });
    await client.connect(transport);
    untilTestEnds(() => client.close());
    await client.setLoggingLevel("warning");
    for (const uri of SUBSCRIPTIONS) await client.subscribeResource({ uri });

    const running = new AbortController();
    let nonces = 0;
    const count = (): void => {
      answered++;
      onProgress();
    };
    const caller = async (): Promise<void> => {
      while (!running.signal.aborted) {
        const nonce = ++nonces;
        ledger.sent({ nonce, acts: true });
        open++;
        try {
          const { content } = await client.request(
            { method: "tools/call", params: { name: "pay", arguments: { nonce } } },
            CallToolResultSchema,
          );
          const [first] = content;
          ledger.answered(nonce, { result: Number(first?.type === "text" ? first.text : undefined) });
        } catch (error) {
          if (!(error instanceof McpError)) throw error;
          const outcome = outcomeOf(error);
          ledger.answered(nonce, { outcome });
          uncertain.push(outcome);
        }
        open--;
        count();
      }
    };
    const lister = async (): Promise<void> => {
      while (!running.signal.aborted) {
        await client.request({ method: "tools/list" }, ResultSchema);
        count();
      }
    };
    const load = Promise.all([...Array.from({ length: CALLERS }, caller), ...Array.from({ length: LISTERS }, lister)]);

    for (let restart = 0; restart < RESTARTS; restart++) {
      const due = answered + BETWEEN;
      await new Promise<void>((resolve) => {
        onProgress = () => {
          if (answered >= due) resolve();
        };
      });
      await gateway.gateway.restart({ downMs: dice.pick([0, 5, 30]) });
    }
    running.abort();
    await load;

    expect(ledger.violations()).toEqual([]);
    expect(ledger.summary()).toMatchObject({ duplicates: 0, lost: 0, not_sent: 0, not_executed: 0 });
    expect(ledger.summary().answered + ledger.summary().unknown).toBe(nonces);
    expect(uncertain.length).toBeGreaterThan(0);
    expect(new Set(uncertain)).toEqual(new Set(["unknown"]));
    expect(faults).toEqual([]);
    expect(unexpected).toEqual([]);
    expect(open).toBe(0);

    // What each connection has seen before the first request of the load.
    expect(gateway.connections).toBeGreaterThan(RESTARTS);
    for (let connection = 2; connection <= gateway.connections; connection++) {
      const seen = gateway.asked.filter((each) => each.connection === connection);
      const opening = seen.slice(0, 5).map(({ method, params }) => [method, params["uri"] ?? params["level"]]);
      const whole = [
        ["initialize", undefined],
        ["notifications/initialized", undefined],
        ["logging/setLevel", "warning"],
        ...SUBSCRIPTIONS.map((uri) => ["resources/subscribe", uri]),
      ];
      // A connection that was cut while the session was being repeated has seen a part of it, and nothing else.
      expect(opening).toEqual(whole.slice(0, seen.length));
    }
  },
);

function outcomeOf({ data }: McpError): "not_sent" | "not_executed" | "unknown" | "executed" {
  const outcome: unknown = typeof data === "object" && data !== null && "outcome" in data ? data.outcome : undefined;
  if (outcome === "not_sent" || outcome === "not_executed" || outcome === "unknown" || outcome === "executed") {
    return outcome;
  }
  throw new Error(`an error without an outcome: ${JSON.stringify(data)}`);
}
