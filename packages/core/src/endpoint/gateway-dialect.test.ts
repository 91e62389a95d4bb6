import { describe, expect, it } from "vitest";
import { readOwn } from "../message/read-own.ts";
import { RecordingLogger } from "../testing/recording-logger.ts";
import { type DialectOptions, GatewayDialect } from "./gateway-dialect.ts";

function dialect(options: Partial<DialectOptions> = {}) {
  const log = new RecordingLogger();
  const made = new GatewayDialect({
    endpoint: "ws://gateway",
    version: "auto",
    switches: {},
    envelopes: true,
    mayBeOld: true,
    log,
    ...options,
  });
  return { dialect: made, log };
}

const initializeAnswer = (gateway: unknown) =>
  readOwn(
    Buffer.from(
      JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        result: { capabilities: { experimental: { gateway } }, serverInfo: {} },
      }),
    ),
  );

const FULL = { perMessageAuth: true, pingFrames: true, rateLimitDetails: true, correlationMetadata: true };
const OLD = { perMessageAuth: false, pingFrames: true, rateLimitDetails: false, correlationMetadata: false };

describe("the dialect of a gateway", () => {
  it.each([
    ["auto", "2", "assumed", FULL],
    ["2", "2", "configuration", FULL],
    ["1", "1", "configuration", OLD],
    ["custom", "custom", "configuration", FULL],
  ] as const)("with version %s is %s (%s)", (version, spoken, from, features) => {
    const { dialect: it } = dialect({ version });
    expect([it.version, it.from, it.features]).toEqual([spoken, from, features]);
  });

  it("has the features that the configuration switches on and off, whatever the version", () => {
    const switches = { perMessageAuth: true, pingFrames: false };
    expect(dialect({ version: "1", switches }).dialect.features).toEqual({ ...OLD, ...switches });
    const { dialect: it } = dialect({ switches: { perMessageAuth: false } });
    it.announced("2.0", "upgrade");
    expect(it.features.perMessageAuth).toBe(false);
  });

  it("has nothing of envelopes where messages are bare", () => {
    expect(dialect({ version: "2", envelopes: false }).dialect.features).toEqual({ ...OLD, pingFrames: true });
  });

  it.each([
    ["1", "1"],
    ["1.4", "1"],
    ["v1.9.2", "1"],
    ["2.0", "2"],
    [" 3.1-beta", "2"],
    ["0.9", "2"],
    ["latest", "2"],
    ["", "2"],
    ["12345.0", "2"],
  ])("takes the announcement %j for version %s", (text, version) => {
    const { dialect: it } = dialect();
    it.announced(text, "upgrade");
    expect(it.version).toBe(version);
  });

  it("believes the upgrade more than behaviour, that more than initialize, and that more than the health endpoint", () => {
    const { dialect: it } = dialect();
    it.announced("1.0", "health endpoint");
    expect([it.version, it.from]).toEqual(["1", "health endpoint"]);
    it.announced("2.0", "initialize");
    it.announced("1.0", "health endpoint");
    expect([it.version, it.from]).toEqual(["2", "initialize"]);
    it.announced("1.4", "upgrade");
    it.announced("2.0", "initialize");
    expect([it.version, it.from]).toEqual(["1", "upgrade"]);
    // The gateway was replaced by a newer one.
    it.announced("2.0", "upgrade");
    expect([it.version, it.from]).toEqual(["2", "upgrade"]);
  });

  it("is what the configuration says, whatever the gateway says", () => {
    const { dialect: it } = dialect({ version: "2" });
    it.announced("1.0", "upgrade");
    it.initialized(initializeAnswer({ version: "1", features: { per_message_auth: false } }));
    expect(it.refusesTokens("it refuses")).toBe(false);
    expect([it.version, it.from, it.features]).toEqual(["2", "configuration", FULL]);
  });

  it("reads version and features of an answer to initialize", () => {
    const { dialect: it, log } = dialect();
    it.initialized(initializeAnswer({ version: 1.4, features: { rate_limit_details: true, ping_frames: "yes" } }));
    expect([it.version, it.from, it.features]).toEqual(["1", "initialize", { ...OLD, rateLimitDetails: true }]);
    expect(log.records).toMatchObject([{ fields: { version: "1", from: "initialize" } }]);
  });

  it.each([{ version: {} }, "2", [1], null, { features: [] }])(
    "makes nothing of %j in an answer to initialize",
    (gateway) => {
      const { dialect: it } = dialect();
      it.initialized(initializeAnswer(gateway));
      expect([it.version, it.from, it.features]).toEqual(["2", "assumed", FULL]);
    },
  );

  it("becomes version 1, once and with a word, when nothing was said and tokens in messages are refused", () => {
    const { dialect: it, log } = dialect();
    expect(it.refusesTokens("the gateway refuses auth_token (no \u001b[2J)")).toBe(true);
    expect([it.version, it.from, it.features]).toEqual(["1", "behaviour", OLD]);
    const warnings = log.records.filter(({ level }) => level === "warn");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain("the gateway refuses auth_token (no \\u001b[2J)");
    // What was sent before may still come back.
    expect(it.refusesTokens("again")).toBe(true);
    expect(log.records.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  it("is version 2 again, for good, when messages without a token are refused too", () => {
    const { dialect: it } = dialect();
    it.wantsTokens();
    expect([it.version, it.from]).toEqual(["2", "assumed"]);
    it.refusesTokens("it refuses");
    it.wantsTokens();
    expect([it.version, it.features]).toEqual(["2", FULL]);
    expect(it.refusesTokens("it refuses")).toBe(false);
    expect([it.version, it.features]).toEqual(["2", FULL]);
  });

  it("lets what went out with a token go out again without one once the gateway has said that it takes none", () => {
    const { dialect: it, log } = dialect();
    it.announced("1.2", "health endpoint");
    expect(it.refusesTokens("it refuses")).toBe(true);
    expect([it.version, it.from]).toEqual(["1", "health endpoint"]);
    expect(log.records.filter(({ level }) => level === "warn")).toEqual([]);
  });

  it("does not become version 1 when the gateway has said that it is another, or speaks a transport that version 1 lacks", () => {
    const { dialect: it } = dialect();
    it.announced("2.1", "health endpoint");
    expect(it.refusesTokens("it refuses")).toBe(false);
    const { dialect: framed } = dialect({ mayBeOld: false });
    framed.announced("1.0", "initialize");
    expect(framed.refusesTokens("it refuses")).toBe(false);
    expect([framed.version, framed.from]).toEqual(["2", "assumed"]);
  });
});
