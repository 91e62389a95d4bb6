import { describe, expect, it } from "vitest";

import { CliProcess, runCli } from "./testing/cli-process.ts";
import { CONNECTION_FAULTS } from "./testing/connection-faults.ts";
import { identity, pemFile } from "./testing/pem.ts";
import { refusing, startProbeGateway } from "./testing/probe-gateway.ts";
import { CANARY, readProbe, runProbe } from "./testing/run-probe.ts";
import { freePort, tcpServer } from "./testing/servers.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";

describe("test-connection names the fault", () => {
  it.each(CONNECTION_FAULTS)("$name: $step", async ({ arrange, step, code, hint, note }) => {
    const { exitCode, failed, report, stderr, stdout } = await readProbe("test-connection", {
      ...(await arrange()),
    });
    expect(failed).toMatchObject({ name: step, error: { code, hint: expect.stringMatching(hint) } });
    if (note !== undefined) expect(failed?.notes.join("\n")).toMatch(note);
    expect(report).toMatchObject({ ok: false, failed_at: step });
    const names = report.steps.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    const statuses = report.steps.map(({ status }) => status);
    const at = statuses.indexOf("failed");
    expect(statuses.slice(0, at)).not.toContain("failed");
    expect(new Set(statuses.slice(at + 1))).toEqual(at + 1 === statuses.length ? new Set() : new Set(["skipped"]));
    expect(exitCode).toBe(1);
    expect(stderr).toBe("");
    expect(stdout).not.toContain(CANARY);
  });

  it("has a row for each of many faults", () => {
    expect(CONNECTION_FAULTS.length).toBeGreaterThanOrEqual(40);
  });
});

describe("test-connection at a gateway that is well", () => {
  it("tells what it found, part by part, on WebSocket", async () => {
    const { url } = await startProbeGateway({ token: CANARY, tls: identity("server") });
    const { exitCode, report, stderr, step, stdout } = await readProbe("test-connection", {
      url: url.replace("127.0.0.1", "localhost"),
      gateway: { tls: { ca_cert_path: pemFile("ca") } },
    });
    expect(report.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "configuration ok",
      "sign-in ok",
      "proxy ok",
      "dns ok",
      "tcp ok",
      "tls ok",
      "upgrade ok",
      "authentication ok",
      "gateway ok",
      "initialize ok",
      "tools ok",
      "ping ok",
      "health ok",
    ]);
    expect(step("sign-in").facts).toEqual({ type: "bearer", token: "opaque" });
    expect(step("proxy").facts).toEqual({ through: "direct", because: "no proxy is set" });
    expect(step("tls").facts).toMatchObject({
      protocol: "TLSv1.3",
      subject: expect.any(String),
      issuer: expect.any(String),
      valid_to: expect.stringMatching(/^2099/),
      days_left: expect.any(Number),
    });
    expect(step("gateway").facts).toMatchObject({ version: "2", from: "upgrade", wire: "envelope" });
    expect(step("initialize").facts).toEqual({ server: "test-server 3.2.1", protocol: "2025-11-25" });
    expect(step("tools").facts).toEqual({ tools: 2 });
    expect(step("ping").facts).toEqual({ by: "heartbeat" });
    expect(step("health").facts).toMatchObject({ status: 200, version: "2.0" });
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).not.toContain(CANARY);
  });

  it.each([
    ["envelope", "guide"],
    ["envelope", "mcpb"],
    ["json-rpc", "lines"],
  ] as const)("works over framed TCP: %s in %s", async (wire, framing) => {
    const { url } = await startProbeGateway({ transport: "tcp", wire, framing });
    const { exitCode, report, step } = await readProbe("test-connection", {
      url,
      auth: null,
      gateway: { wire, framing },
    });
    expect(report.failed_at).toBeNull();
    expect(step("framing")).toMatchObject({ status: "ok", facts: { framing } });
    expect(step("dns").facts).toEqual({ because: "the host is an address" });
    expect(step("authentication")).toMatchObject({ status: "skipped" });
    expect(step("health")).toMatchObject({ status: "skipped" });
    expect(exitCode).toBe(0);
  });

  it.each(["refuse", "close"] as const)(
    "finds out version 1, which will have no token in messages (%s)",
    async (onAuthToken) => {
      const { url } = await startProbeGateway({ version: "1", onAuthToken, announceVersion: false, token: CANARY });
      const { exitCode, step } = await readProbe("test-connection", { url });
      expect(step("gateway").facts).toMatchObject({ version: "1", from: "behaviour", per_message_auth: false });
      expect(step("authentication")).toMatchObject({ status: "ok" });
      expect(exitCode).toBe(0);
    },
  );

  it("asks a server of self-contained requests by server/discover", async () => {
    const discovered = {
      supportedVersions: ["2026-07-28"],
      capabilities: { tools: {} },
      _meta: { "io.modelcontextprotocol/serverInfo": { name: "modern", version: "9" } },
    };
    const { url } = await startProbeGateway(
      {},
      {
        initialize: refusing(-32601, "no method initialize"),
        "server/discover": (session, id) =>
          void session.send(JSON.stringify({ jsonrpc: "2.0", id, result: discovered })),
      },
    );
    const { exitCode, step } = await readProbe("test-connection", { url });
    expect(step("initialize").facts).toEqual({ server: "modern 9", protocol: "2026-07-28", by: "server/discover" });
    expect(exitCode).toBe(0);
  });

  it("counts the tools of all pages", async () => {
    const pages: object[] = [{ tools: [{}, {}, {}], nextCursor: "more" }, { tools: [{}] }];
    const { url } = await startProbeGateway(
      {},
      {
        "tools/list": (session, id) => void session.send(JSON.stringify({ jsonrpc: "2.0", id, result: pages.shift() })),
      },
    );
    expect((await readProbe("test-connection", { url })).step("tools").facts).toEqual({ tools: 4, pages: 2 });
  });

  it("warns of what works and should not stay so", async () => {
    const { url } = await startProbeGateway({ token: CANARY, tls: identity("expired") });
    const { exitCode, report, step } = await readProbe("test-connection", {
      url,
      auth: { type: "bearer", token_file: "open.token" },
      files: { "open.token": CANARY },
      gateway: { tls: { verify: false } },
    });
    expect(step("sign-in")).toMatchObject({ status: "warning", notes: [expect.stringMatching(/open to others/)] });
    expect(step("tls")).toMatchObject({
      status: "warning",
      notes: [expect.stringMatching(/gateway\.tls\.verify is false/), expect.stringMatching(/has expired/)],
    });
    // The third one is of the configuration.
    expect(report).toMatchObject({ ok: true, warnings: 3 });
    expect(exitCode).toBe(0);
  });
});

describe("the output of test-connection", () => {
  it("is a line for each step, with the hint below the one that failed", async () => {
    const port = await freePort();
    const { exitCode, stdout } = await runProbe("test-connection", { url: `ws://127.0.0.1:${port}/mcp` });
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toBe(`ws://127.0.0.1:${port}`);
    expect(lines).toContainEqual(expect.stringMatching(/^✓ sign-in +[\d.]+ ms {2}type bearer, token opaque$/));
    expect(lines).toContainEqual(expect.stringMatching(/^- dns +the host is an address$/));
    const at = lines.findIndex((line) => /^✗ tcp +[\d.]+ ms$/.test(line));
    expect(lines.slice(at + 1, at + 3)).toEqual([
      `    Cannot reach 127.0.0.1:${port}: nothing listens there (ECONNREFUSED). [DIAL_UNREACHABLE]`,
      "    → Start the gateway, or check host and port of gateway.url.",
    ]);
    expect(lines.at(-1)).toMatch(new RegExp(`^ws://127\\.0\\.0\\.1:${port} failed at tcp \\([\\d.]+ ms\\)$`));
    expect(stdout).not.toContain("\u001b");
    expect(exitCode).toBe(1);
  });

  it("lists every fault of the configuration, and exits with 78", async () => {
    const given = { url: "http://localhost", gateway: { conection: {}, connection: { timeout_ms: "soon" } } };
    const { exitCode, stderr, stdout } = await runProbe("test-connection", given);
    expect(stderr).toContain("gateway.conection");
    expect(stderr).toContain("gateway.connection.timeout_ms");
    expect(stdout).toBe("");
    expect(exitCode).toBe(78);
    const asJson = await runProbe("test-connection", { ...given, words: ["--json"] });
    expect(JSON.parse(asJson.stdout)).toMatchObject({ ok: false, endpoints: [], error: { code: expect.any(String) } });
    expect(asJson.exitCode).toBe(78);
  });

  it.each([
    ["an address that is none", { url: "not an address" }, /gateway\.url/],
    [
      "a file of authorities that is not there",
      { url: "wss://x", gateway: { tls: { ca_cert_path: "no.pem" } } },
      /ca_cert_path/,
    ],
    ["a token in plain text to another machine", { url: "ws://gateway.example/mcp" }, /plain text/],
    ["a proxy that is none", { url: "wss://x", gateway: { proxy: "socks5://x" } }, /gateway\.proxy/],
  ])("takes %s for a fault of the configuration", async (_name, given, says) => {
    const { exitCode, stderr } = await runProbe("test-connection", given);
    expect(stderr).toMatch(says);
    expect(exitCode).toBe(78);
  });

  it("does not take a time that is none, nor an endpoint that is not there", async () => {
    const time = await runProbe("test-connection", { url: "ws://localhost:1", words: ["--timeout", "soon"] });
    expect(time).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("whole number") });
    const endpoint = await runProbe("test-connection", { url: "ws://localhost:1", words: ["--endpoint", "7"] });
    expect(endpoint).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("0 (ws://localhost:1)") });
  });
});

describe("test-connection with several endpoints", () => {
  async function configure() {
    const { url } = await startProbeGateway();
    const dead = `ws://127.0.0.1:${await freePort()}`;
    const config = {
      gateway: {
        endpoints: [
          { url: dead, priority: 2 },
          { url, priority: 1 },
        ],
      },
    };
    const cwd = await temporaryDirectory({ "mcp-router.json": JSON.stringify(config) });
    return { cwd, dead, url, words: ["test-connection", "--json", "-c", "mcp-router.json"] };
  }

  it("tests all of them, the best one first, and fails when one does", async () => {
    const { cwd, dead, words } = await configure();
    const { exitCode, stdout } = await runCli(words, { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      endpoints: [
        { index: 1, ok: true },
        { endpoint: dead, index: 0, ok: false, failed_at: "tcp" },
      ],
    });
    expect(exitCode).toBe(1);
  });

  it("tests the one that is asked for, by its place or its address", async () => {
    const { cwd, url, words } = await configure();
    for (const name of ["1", url, new URL(url).host]) {
      const { exitCode, stdout } = await runCli([...words, "--endpoint", name], { cwd });
      expect(JSON.parse(stdout)).toMatchObject({ ok: true, endpoints: [{ index: 1 }] });
      expect(exitCode).toBe(0);
    }
  });
});

describe("test-connection at a gateway that says our token back", () => {
  it("shows it nowhere", async () => {
    const { url } = await startProbeGateway(
      {},
      {
        "tools/list": refusing(-32603, `who is ${CANARY}?`),
        initialize: (session, id) => {
          const result = { protocolVersion: CANARY, capabilities: { tools: {} }, serverInfo: { name: CANARY } };
          session.send(JSON.stringify({ jsonrpc: "2.0", id, result }));
        },
      },
    );
    const { failed, stdout } = await readProbe("test-connection", { url });
    expect(stdout).not.toContain(CANARY);
    expect(failed?.error?.message).toContain("who is [redacted]?");
  });
});

describe("test-connection as a process", () => {
  it("never reads stdin, and ends on a signal while it waits", async () => {
    const port = await tcpServer();
    const cwd = await temporaryDirectory();
    const cli = new CliProcess(["test-connection", "--url", `ws://127.0.0.1:${port}/mcp`], { cwd });
    await cli.saysOnStdout("tcp");
    cli.child.kill("SIGINT");
    expect((await cli.ended).exitCode).toBe(130);
  });

  it.each(["test-connection", "test-auth"] as const)(
    "%s keeps secrets out of everything it says, also at debug",
    async (command) => {
      const { url } = await startProbeGateway({ token: "another-token-than-ours" });
      const { stderr, stdout } = await runProbe(command, {
        url: url.replace("ws://", `ws://user:${CANARY}@`),
        words: ["--log-level", "trace"],
        env: { HTTPS_PROXY: `http://user:${CANARY}@127.0.0.1:1` },
      });
      expect(stdout + stderr).not.toContain(CANARY);
      expect(stdout + stderr).not.toContain(Buffer.from(CANARY).toString("base64").slice(4, -4));
    },
  );
});
