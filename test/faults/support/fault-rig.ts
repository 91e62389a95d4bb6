import { Dice, type FaultProxy, Ledger, startFaultProxy } from "@mcp-router/testkit";

import { isJsonObject, type JsonObject, parseJson } from "../../support/json.ts";
import { ParanoidClient, type Reply } from "../../support/paranoid-client.ts";
import { type Scope, untilTestEnds } from "../../support/scope.ts";
import { type RouterOptions, spawnRouter } from "../../support/spawn-router.ts";
import { type Answers, startTestGateway, type TestGateway } from "../../support/test-gateway.ts";
import { ledgerAnswer, nonceOf } from "./ledger-answer.ts";
import type { MatrixRow } from "./transports.ts";

/** Methods that may run twice; every other one acts. */
const READS: ReadonlySet<string> = new Set(["tools/list", "prompts/list", "resources/list", "resources/read"]);

export interface FaultRigOptions {
  readonly answers?: Answers;
  readonly config?: JsonObject;
  /** How the router is started, beside its configuration. */
  readonly router?: Pick<RouterOptions, "nodeFlags" | "wrapper" | "files">;
  readonly scope?: Scope;
}

/** A client, the router, the proxy and a gateway in a row, and the ledger that watches both ends. */
export interface FaultRig {
  readonly client: ParanoidClient;
  readonly proxy: FaultProxy;
  readonly test: TestGateway;
  readonly ledger: Ledger;
  readonly dice: Dice;
  /** The nonce of the next call. */
  readonly nextNonce: number;
  /** Sends a request under a nonce of its own, and keeps the ledger. */
  call(method: string, params?: JsonObject): Promise<Reply>;
  /** Asks until the session serves again. */
  recovered(): Promise<void>;
}

/** Starts all of it. The client has made no handshake yet. */
export async function startFaultRig({ transport, seed }: MatrixRow, options: FaultRigOptions = {}): Promise<FaultRig> {
  const { scope = untilTestEnds, config = {}, router = {} } = options;
  const { framing } = transport.gateway;
  const gateway = {
    ...(isJsonObject(config["gateway"]) && config["gateway"]),
    ...(framing !== undefined && { framing }),
  };
  const test = await startTestGateway(options.answers, { ...transport.gateway, scope });
  const proxy = await startFaultProxy({
    target: { host: "127.0.0.1", port: test.gateway.port },
    frames: transport.frames,
    seed,
  });
  scope(() => proxy.close());
  const client = new ParanoidClient(
    await spawnRouter({ ...router, url: proxy.url(test.url), config: { ...config, gateway }, scope }),
  );

  const ledger = new Ledger();
  test.gateway.on("received", ({ sessionId, payload, fault }) => {
    const message = payload === undefined || fault !== undefined ? null : parseJson(payload.toString());
    if (!isJsonObject(message) || !isJsonObject(message["params"])) return;
    const nonce = nonceOf(message["params"]["nonce"]);
    const { method } = message;
    if (nonce === undefined || typeof method !== "string") return;
    ledger.executed({ nonce, connection: Number(sessionId.slice(1)), method });
  });

  let nonces = 0;
  const call = async (method: string, params: JsonObject = {}): Promise<Reply> => {
    const nonce = ++nonces;
    ledger.sent({ nonce, acts: !READS.has(method) });
    const reply = await client.request(method, { ...params, nonce });
    ledger.answered(nonce, ledgerAnswer(reply));
    return reply;
  };
  return {
    client,
    proxy,
    test,
    ledger,
    dice: new Dice(seed),
    get nextNonce() {
      return nonces + 1;
    },
    call,
    async recovered() {
      while ((await call("tools/list")).result === undefined);
    },
  };
}
