import { type DialTrace, DialError, type TlsOptions } from "@mcp-router/core/plugin";
import { describe, expect, it } from "vitest";
import { exchange, type ExchangeOptions, type ExchangeRequest } from "./exchange.ts";
import { connectProxy, decisionFor, DIRECTLY } from "./fixtures/connect-proxy.ts";
import { pem } from "./fixtures/pem.ts";
import { freePort, tcpServer, webServer } from "./fixtures/servers.ts";

const ca = [pem("ca")];
const server = { key: pem("server"), cert: pem("server") };
const rules: TlsOptions = { verify: true, minVersion: "TLSv1.2", ca };
const never = new AbortController().signal;

function run(url: string, request: Partial<ExchangeRequest> = {}, options: Partial<ExchangeOptions> = {}) {
  return exchange(
    { url: new URL(url), method: "GET", ...request },
    { tls: rules, proxyFor: DIRECTLY, timeoutMs: 5000, signal: never, key: "gateway.auth.token_endpoint", ...options },
  );
}

async function errorOf(...parameters: Parameters<typeof run>): Promise<DialError> {
  const outcome = await run(...parameters).catch((error: unknown) => error);
  if (DialError.is(outcome)) return outcome;
  throw new Error(`no DialError but ${JSON.stringify(outcome)}`);
}

describe("an exchange", () => {
  it.each([
    ["http", undefined],
    ["https", server],
  ])("sends the request and reads the answer: %s", async (scheme, tls) => {
    const seen: unknown[] = [];
    const port = await webServer((request, answer) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        const { method, url, headers } = request;
        seen.push(method, url, headers.host, headers["content-length"], headers["authorization"], body);
        answer.writeHead(201, { "X-Name": "value", "set-cookie": ["a=1", "b=2"] }).end('{"access_token":"é"}');
      });
    }, tls);
    const { status, headers, body } = await run(`${scheme}://localhost:${port}/token?x=1`, {
      method: "POST",
      headers: { authorization: "Basic abc" },
      body: "grant=é",
    });
    expect(seen).toEqual(["POST", "/token?x=1", `localhost:${port}`, "8", "Basic abc", "grant=é"]);
    expect(status).toBe(201);
    expect(headers.get("x-name")).toBe("value");
    expect(headers.get("set-cookie")).toBe("a=1, b=2");
    expect(body.toString("utf8")).toBe('{"access_token":"é"}');
  });

  it.each([301, 307, 400, 503])("gives the status %i as an answer, and follows nothing", async (status) => {
    let visits = 0;
    const port = await webServer((_request, answer) => {
      visits++;
      answer.writeHead(status, { location: "/elsewhere" }).end("{}");
    });
    expect(await run(`http://127.0.0.1:${port}/`)).toMatchObject({ status, body: Buffer.from("{}") });
    expect(visits).toBe(1);
  });

  it("takes a body of exactly the limit, and refuses one that is longer", async () => {
    const port = await webServer((_request, answer) => answer.end("x".repeat(1000)));
    expect((await run(`http://127.0.0.1:${port}/`, {}, { maxBytes: 1000 })).body).toHaveLength(1000);
    const error = await errorOf(`http://127.0.0.1:${port}/`, {}, { maxBytes: 999 });
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error.message).toBe(`127.0.0.1:${port} sent an answer of more than 999 bytes.`);
  });

  it("does not take in an endless answer", async () => {
    let cut = (): void => {};
    const gone = new Promise<void>((resolve) => {
      cut = resolve;
    });
    const port = await webServer((_request, answer) => {
      answer.once("close", cut);
      const push = (): void => {
        while (!answer.destroyed && answer.write("x".repeat(10_000)));
        answer.once("drain", push);
      };
      push();
    });
    expect((await errorOf(`http://127.0.0.1:${port}/`)).message).toContain("more than 262144 bytes");
    await gone;
  });

  it("refuses headers without end", async () => {
    const port = await tcpServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const push = (): void => {
        while (!socket.destroyed && socket.write(`X-A: ${"x".repeat(1000)}\r\n`));
        socket.once("drain", push);
      };
      push();
    });
    const error = await errorOf(`http://127.0.0.1:${port}/`);
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error.message).toContain("headers of more than 16384 bytes");
  });

  it.each([
    ["is silent", "", "the request was not answered"],
    ["stops in its head", "HTTP/1.1 200 OK\r\nX-A:", "the request was not answered"],
    ["stops in its body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{", "its answer did not end"],
  ])("ends after its time with a peer that %s", async (_name, says, missing) => {
    const port = await tcpServer((socket) => socket.once("data", () => socket.write(says)));
    const error = await errorOf(`http://127.0.0.1:${port}/`, {}, { timeoutMs: 40 });
    expect(error).toMatchObject({ reason: "timeout", permanent: false });
    expect(error.message).toContain("did not answer within 40 ms");
    expect(error.message).toContain(missing);
  });

  it("ends with its signal, and gives its reason when that is a dial error", async () => {
    const reason = new DialError("refused", "not now");
    const controller = new AbortController();
    const port = await webServer(() => controller.abort(reason));
    expect(await errorOf(`http://127.0.0.1:${port}/`, {}, { signal: controller.signal })).toBe(reason);
    expect(await errorOf(`http://127.0.0.1:${port}/`, {}, { signal: controller.signal })).toBe(reason);
  });

  it("says when the answer breaks off", async () => {
    const port = await webServer((_request, answer) => {
      answer.writeHead(200, { "content-length": 100 }).write("{", () => answer.destroy());
    });
    const error = await errorOf(`http://127.0.0.1:${port}/`);
    expect(error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(error.message).toContain("in the middle of its answer");
  });

  it("names the key of the address when nothing listens, and when the scheme is none of HTTP", async () => {
    const error = await errorOf(`http://127.0.0.1:${await freePort()}/`);
    expect(error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(error.hint).toContain("gateway.auth.token_endpoint");
    const other = await errorOf("file:///etc/passwd");
    expect(other).toMatchObject({ reason: "not_found", permanent: true });
    expect(other.hint).toContain("gateway.auth.token_endpoint");
  });

  it("says when the certificate is refused", async () => {
    const port = await webServer((_request, answer) => answer.end(), server);
    const error = await errorOf(`https://localhost:${port}/`, {}, { tls: { ...rules, ca: [pem("other-ca")] } });
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).toContain("MCP Router test CA");
  });

  it("shows the client certificate of the material", async () => {
    const port = await webServer((_request, answer) => answer.end("in"), {
      ...server,
      ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const material = { cert: pem("client"), key: pem("client") };
    expect((await run(`https://localhost:${port}/`, {}, { material })).body.toString()).toBe("in");
    expect((await errorOf(`https://localhost:${port}/`)).message).toContain("asks for a client certificate");
  });

  it("tells a trace how far it came", async () => {
    const steps: string[] = [];
    const trace: DialTrace = { done: (step) => void steps.push(step) };
    const port = await webServer((_request, answer) => answer.end(), server);
    await run(`https://localhost:${port}/`, {}, { trace });
    expect(steps).toEqual(["proxy", "dns", "tcp", "tls"]);
  });
});

describe("an exchange through a proxy", () => {
  it.each([
    ["http", undefined],
    ["https", server],
  ])("goes by CONNECT, and the login stays with the proxy: %s", async (scheme, tls) => {
    const proxy = await connectProxy({ login: "me:secret" });
    const seen: string[] = [];
    const port = await webServer((request, answer) => {
      seen.push(...request.rawHeaders.map((header) => header.toLowerCase()));
      answer.end("here");
    }, tls);
    const asked: string[] = [];
    const { body } = await run(
      `${scheme}://localhost:${port}/a`,
      {},
      {
        proxyFor: (url) => {
          asked.push(url.href);
          return decisionFor(`http://127.0.0.1:${proxy.port}`, "me:secret");
        },
      },
    );
    expect(body.toString()).toBe("here");
    expect(asked).toEqual([`${scheme}://localhost:${port}/a`]);
    expect(proxy.asked).toEqual([`localhost:${port}`]);
    expect(seen).not.toContain("proxy-authorization");
  });

  it("says when the proxy refuses, or the rule has a bad address", async () => {
    const proxy = await connectProxy({ login: "me:secret" });
    const proxyFor = () => decisionFor(`http://127.0.0.1:${proxy.port}`);
    expect(await errorOf("https://idp.example/", {}, { proxyFor })).toMatchObject({ reason: "proxy", status: 407 });
    const reason = new DialError("proxy", "HTTPS_PROXY is no URL.");
    const broken = () => {
      throw reason;
    };
    expect(await errorOf("https://idp.example/", {}, { proxyFor: broken })).toBe(reason);
  });
});

describe("no error of an exchange", () => {
  const CANARY = "canary-4711";
  const secrets: Partial<ExchangeRequest> = {
    method: "POST",
    headers: { authorization: `Basic ${CANARY}` },
    body: `client_secret=${CANARY}`,
  };

  async function hostile(answer: string): Promise<string> {
    const port = await tcpServer((socket) => socket.once("data", () => socket.end(answer)));
    return `http://${CANARY}:${CANARY}@127.0.0.1:${port}/${CANARY}?${CANARY}`;
  }

  it.each([
    ["garbage", `\u0000\u0001 ${CANARY}`],
    ["a bad header", `HTTP/1.1 200 OK\r\nX ${CANARY}\r\n\r\n`],
    ["a bad chunk", `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${CANARY}\r\n`],
    ["two lengths", `HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n${CANARY}`],
    ["half a body", `HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${CANARY}`],
    ["nothing", ""],
    ["an upgrade", `HTTP/1.1 101 ${CANARY}\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n${CANARY}`],
  ])("shows what was sent or received: %s", async (_name, answer) => {
    const error = await errorOf(await hostile(answer), secrets);
    const { message, hint, stack, cause } = error;
    expect(`${message} ${hint} ${stack} ${String(cause)} ${JSON.stringify(cause)}`).not.toContain(CANARY);
  });

  it.each([
    ["a line break", `a\r\nX: ${CANARY}`],
    ["a character of no header", `${CANARY}é€`],
  ])("shows a header that cannot be sent: %s", async (_name, value) => {
    const error = await errorOf(await hostile(""), { headers: { authorization: value } });
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(`${error.message} ${error.hint} ${error.stack} ${String(error.cause)}`).not.toContain(CANARY);
  });
});
