import type { ServerResponse } from "node:http";

import type { GatewayOptions, Session } from "@mcp-router/dev-gateway";

import { identity, pemFile } from "./pem.ts";
import { refusing, startProbeGateway } from "./probe-gateway.ts";
import { CANARY, type ProbeCase } from "./run-probe.ts";
import { freePort, lockedProxy, tcpServer, tlsServer, webServer } from "./servers.ts";

/** A fault, and how it must be named. */
export interface ConnectionFault {
  readonly name: string;
  readonly arrange: () => Promise<ProbeCase>;
  readonly step: string;
  readonly code: string;
  /** A piece of what is said to do about it. */
  readonly hint: RegExp;
  /** A piece of what is noted besides. */
  readonly note?: RegExp;
}

const HURRY = ["--timeout", "400"];
const trusted = { tls: { ca_cert_path: pemFile("ca") } };

async function answering(status: number, headers: { [name: string]: string } = {}): Promise<ProbeCase> {
  const answer = (response: ServerResponse): void => void response.writeHead(status, headers).end("so it is");
  return { url: `ws://localhost:${await webServer(answer)}/mcp` };
}

async function certifiedBy(name: string): Promise<ProbeCase> {
  return { url: `wss://localhost:${await tlsServer(identity(name))}/mcp`, gateway: trusted };
}

async function gatewayThat(
  deeds: Parameters<typeof startProbeGateway>[1],
  options?: GatewayOptions,
): Promise<ProbeCase> {
  return { url: (await startProbeGateway(options, deeds)).url };
}

const row = (
  name: string,
  step: string,
  code: string,
  hint: RegExp,
  arrange: () => Promise<ProbeCase>,
  note?: RegExp,
): ConnectionFault => ({ name, step, code, hint, arrange, ...(note !== undefined && { note }) });

const closing =
  (code: number, reason: string) =>
  (session: Session): void =>
    session.close(code, reason);

/** One row for each fault that a connection can have. */
export const CONNECTION_FAULTS: readonly ConnectionFault[] = [
  row("a variable without a token", "sign-in", "DIAL_CREDENTIAL", /export CANARY_TOKEN=/, async () => ({
    url: "ws://localhost:1/mcp",
    env: { CANARY_TOKEN: "" },
  })),
  row(
    "a token file that is not there",
    "sign-in",
    "DIAL_CREDENTIAL",
    /a file that the router's user can read/,
    async () => ({
      url: "ws://localhost:1/mcp",
      auth: { type: "bearer", token_file: "nowhere.token" },
    }),
  ),
  row("an empty token file", "sign-in", "DIAL_CREDENTIAL", /Put the token there/, async () => ({
    url: "ws://localhost:1/mcp",
    auth: { type: "bearer", token_file: "empty.token" },
    files: { "empty.token": "\n" },
  })),
  row("a proxy that is down", "proxy", "DIAL_PROXY", /host and port of gateway\.proxy/, async () => ({
    url: "wss://gateway.invalid/mcp",
    gateway: { proxy: `http://127.0.0.1:${await freePort()}` },
  })),
  row("a proxy that asks for a password", "proxy", "DIAL_PROXY", /USER:PASSWORD@HOST:PORT/, async () => ({
    url: "wss://gateway.invalid/mcp",
    env: { HTTPS_PROXY: `http://127.0.0.1:${await lockedProxy()}` },
  })),
  row(
    "a proxy that refuses the password",
    "proxy",
    "DIAL_PROXY",
    /Check user and password in HTTPS_PROXY/,
    async () => ({
      url: "wss://gateway.invalid/mcp",
      env: { HTTPS_PROXY: `http://somebody:${CANARY}@127.0.0.1:${await lockedProxy()}` },
    }),
  ),
  row("a host that nobody knows", "dns", "DIAL_UNREACHABLE", /Check the host of gateway\.url/, async () => ({
    url: "wss://gateway.invalid/mcp",
  })),
  row("a port on which nothing listens", "tcp", "DIAL_UNREACHABLE", /Start the gateway/, async () => ({
    url: `ws://127.0.0.1:${await freePort()}/mcp`,
  })),
  row("a port that says nothing", "upgrade", "DIAL_TIMEOUT", /change the scheme or the port/, async () => ({
    url: `ws://localhost:${await tcpServer()}/mcp`,
    words: HURRY,
  })),
  row("a port that does not answer TLS", "tls", "DIAL_TIMEOUT", /use ws:\/\//, async () => ({
    url: `wss://127.0.0.1:${await tcpServer()}/mcp`,
    words: HURRY,
  })),
  row("a port without TLS", "tls", "DIAL_PROTOCOL", /Use ws:\/\/ instead of wss:\/\//, async () => {
    const { port } = await startProbeGateway();
    return { url: `wss://localhost:${port}/mcp` };
  }),
  row("an unknown authority", "tls", "DIAL_TLS", /gateway\.tls\.ca_cert_path/, async () => ({
    ...(await certifiedBy("server")),
    gateway: { tls: { ca_cert_path: pemFile("other-ca") } },
  })),
  row("a certificate signed by itself", "tls", "DIAL_TLS", /this very certificate/, () => certifiedBy("self-signed")),
  row("an expired certificate", "tls", "DIAL_TLS", /Renew the gateway's certificate/, () => certifiedBy("expired")),
  row("a certificate of the future", "tls", "DIAL_TLS", /clock of this machine/, () => certifiedBy("not-yet-valid")),
  row("a certificate of another host", "tls", "DIAL_TLS", /gateway\.tls\.server_name/, () => certifiedBy("wrong-host")),
  row("TLS that is too old", "tls", "DIAL_TLS", /gateway\.tls\.min_version/, async () => ({
    url: `wss://localhost:${await tlsServer({ ...identity("server"), maxVersion: "TLSv1.2" })}/mcp`,
    gateway: { tls: { ...trusted.tls, min_version: "1.3" } },
  })),
  row("no common cipher", "tls", "DIAL_TLS", /gateway\.tls\.cipher_suites/, async () => {
    const server = { ...identity("server"), maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES256-GCM-SHA384" } as const;
    const cipher_suites = ["ECDHE-ECDSA-CHACHA20-POLY1305"];
    return {
      url: `wss://localhost:${await tlsServer(server)}/mcp`,
      gateway: { tls: { ...trusted.tls, cipher_suites } },
    };
  }),
  ...(["wss", "tcps"] as const).map((scheme) =>
    row(`no client certificate (${scheme})`, "tls", "DIAL_TLS", /gateway\.tls\.client_cert/, async () => {
      const demanding = { ...identity("server"), requestCert: true, ca: identity("ca").cert };
      const path = scheme === "wss" ? "/mcp" : "";
      return { url: `${scheme}://localhost:${await tlsServer(demanding)}${path}`, gateway: trusted };
    }),
  ),
  row("a key that is not pinned", "tls", "DIAL_TLS", /gateway\.tls\.pins/, async () => ({
    url: `wss://localhost:${await tlsServer(identity("server"))}/mcp`,
    gateway: { tls: { ...trusted.tls, pins: [`sha256/${"A".repeat(43)}=`] } },
  })),
  row("TLS where plain text is expected", "upgrade", "DIAL_UNREACHABLE", /use wss:\/\//, async () => ({
    url: `ws://localhost:${await tlsServer(identity("server"))}/mcp`,
  })),
  row("a web page", "upgrade", "DIAL_PROTOCOL", /Check host, port and path of gateway\.url/, () => answering(200)),
  row("a path that is not there", "upgrade", "DIAL_NOT_FOUND", /path of gateway\.url/, () => answering(404)),
  row("a redirect", "upgrade", "DIAL_PROTOCOL", /Redirects are never followed/, () =>
    answering(302, { location: "https://elsewhere.example/mcp" }),
  ),
  row(
    "too many connections",
    "upgrade",
    "DIAL_RATE_LIMITED",
    /quota/,
    () => answering(429, { "retry-after": "7" }),
    /asks to wait 7 s/,
  ),
  row(
    "a gateway that is not available",
    "upgrade",
    "DIAL_UNAVAILABLE",
    /is restarting/,
    () => answering(503, { "retry-after": "50" }),
    /asks to wait 50 s/,
  ),
  row(
    "a subprotocol that the gateway does not speak",
    "upgrade",
    "DIAL_PROTOCOL",
    /gateway\.subprotocol/,
    async () => ({
      ...(await gatewayThat({})),
      gateway: { subprotocol: "mcp.v9" },
    }),
  ),
  row("frames where WebSocket is expected", "upgrade", "DIAL_PROTOCOL", /Use tcp:\/\//, async () => {
    const frames = Buffer.from("4d4300000002047b7d", "hex");
    return { url: `ws://localhost:${await tcpServer((socket) => socket.write(frames))}/mcp` };
  }),
  row("WebSocket where frames are expected", "framing", "DIAL_PROTOCOL", /Use ws:\/\//, async () => {
    const { port } = await startProbeGateway();
    return { url: `tcp://localhost:${port}` };
  }),
  row("TLS where plain frames are expected", "framing", "DIAL_PROTOCOL", /Use tcps:\/\//, async () => ({
    url: `tcp://localhost:${await tlsServer(identity("server"))}`,
  })),
  row("frames of another layout", "framing", "DIAL_PROTOCOL", /gateway\.framing/, async () => {
    const { url } = await startProbeGateway({ transport: "tcp", framing: "guide" });
    return { url, gateway: { framing: "mcpb" } };
  }),
  row("no token where one is asked for", "authentication", "DIAL_UNAUTHORIZED", /set gateway\.auth/, async () => ({
    ...(await gatewayThat({}, { token: CANARY })),
    auth: null,
  })),
  row(
    "a wrong token",
    "authentication",
    "DIAL_UNAUTHORIZED",
    /for this gateway and has not expired/,
    () => gatewayThat({}, { token: "another-token-than-ours" }),
    /there is no other/,
  ),
  row("a wrong token in messages", "authentication", "AUTH_FAILED", /token is valid/, () =>
    gatewayThat({}, { transport: "tcp", token: "another-token-than-ours" }),
  ),
  row("too few scopes", "authentication", "DIAL_FORBIDDEN", /more scopes/, () =>
    answering(401, { "www-authenticate": 'Bearer error="insufficient_scope", scope="mcp:tools"' }),
  ),
  row("a client that is not allowed", "authentication", "DIAL_FORBIDDEN", /rights \(scopes\)/, () => answering(403)),
  row("a gateway that closes for its policy", "authentication", "DIAL_UNAUTHORIZED", /because of the token/, () =>
    gatewayThat({ initialize: closing(1008, "not you") }),
  ),
  row("a gateway that closes at once", "initialize", "DIAL_UNAVAILABLE", /log of the gateway/, () =>
    gatewayThat({ initialize: closing(1011, "no server") }),
  ),
  row("a server that refuses initialize", "initialize", "SERVER_ERROR", /log of the MCP server/, () =>
    gatewayThat({ initialize: refusing(-32000, "not today"), "server/discover": refusing(-32601, "no method") }),
  ),
  row("a server that does not answer initialize", "initialize", "DIAL_TIMEOUT", /connected but silent/, async () => ({
    ...(await gatewayThat({ initialize: () => {} })),
    words: HURRY,
  })),
  row("a gateway that is asked too often", "initialize", "RATE_LIMITED", /local\.rate_limit/, () =>
    gatewayThat({ initialize: (session) => void session.sendFault({ code: "RATE_LIMIT_EXCEEDED", message: "later" }) }),
  ),
  row("something else than a server of MCP", "initialize", "BAD_UPSTREAM_REPLY", /gateway\.namespace/, () =>
    gatewayThat({ initialize: (session, id) => void session.send(JSON.stringify({ jsonrpc: "2.0", id, result: {} })) }),
  ),
  row("envelopes for a plain server of MCP", "initialize", "BAD_UPSTREAM_REPLY", /json-rpc for a plain/, async () => {
    const refusal = { jsonrpc: "2.0", id: null, error: { code: -32600, message: "Invalid Request" } };
    const { url } = await startProbeGateway({ wire: "json-rpc", session: undefinedMethods(refusal) });
    return { url };
  }),
  row(
    "bare messages for a gateway of envelopes",
    "initialize",
    "BAD_UPSTREAM_REPLY",
    /gateway\.wire: envelope/,
    async () => ({
      ...(await gatewayThat({})),
      gateway: { wire: "json-rpc" },
    }),
  ),
  row("a server that refuses to list its tools", "tools", "SERVER_ERROR", /log of the MCP server/, () =>
    gatewayThat({ "tools/list": refusing(-32603, "broken") }),
  ),
  row("a namespace that the gateway does not know", "tools", "BAD_UPSTREAM_REPLY", /gateway\.namespace/, async () => ({
    ...(await gatewayThat({}, { rejectUnknownNamespace: true, namespaces: [] })),
    gateway: { namespace: { rules: [{ method: "tools/*", namespace: "nowhere" }] } },
  })),
  row("a health endpoint that is not well", "health", "HEALTH_NOT_GOOD", /not well/, async () => ({
    ...(await gatewayThat({})),
    gateway: { health: { url: `http://localhost:${await webServer((response) => response.writeHead(503).end())}/h` } },
  })),
  row("a health endpoint that is not there", "health", "DIAL_UNREACHABLE", /gateway\.health\.url/, async () => ({
    ...(await gatewayThat({})),
    gateway: { health: { url: `http://localhost:${await freePort()}/health` } },
  })),
];

/** A session that answers whatever comes with the same message, without looking at it. */
function undefinedMethods(answer: object): NonNullable<GatewayOptions["session"]> {
  return (session) => ({ receive: () => void session.send(JSON.stringify(answer)) });
}
