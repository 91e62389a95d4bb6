import { DialError } from "@mcp-router/core/plugin";
import { describe, expect, it } from "vitest";
import { askHealth } from "./ask-health.ts";
import { connectProxy, decisionFor, DIRECTLY } from "./fixtures/connect-proxy.ts";
import { endpointTo } from "./fixtures/endpoint.ts";
import { pem } from "./fixtures/pem.ts";
import { freePort, tcpServer, webServer } from "./fixtures/servers.ts";

const never = new AbortController().signal;
const ca = [pem("ca")];
const server = { key: pem("server"), cert: pem("server") };

function ask(url: string, endpoint = endpointTo("tcps://localhost:1", { ca }), signal = never) {
  return askHealth(endpoint, new URL(url), signal, DIRECTLY);
}

async function errorOf(
  url: string,
  endpoint?: ReturnType<typeof endpointTo>,
  signal?: AbortSignal,
): Promise<DialError> {
  const outcome = await ask(url, endpoint, signal).catch((error: unknown) => error);
  if (DialError.is(outcome)) return outcome;
  throw new Error(`no DialError but ${JSON.stringify(outcome)}`);
}

describe("the health of a gateway", () => {
  it.each([
    ['{"status":"ok","version":"2.1"}', { says: "ok", version: "2.1" }],
    ['{"status":"ok","version":2}', { says: "ok", version: "2" }],
    ['{"status":true,"version":[2]}', {}],
    ["[]", {}],
    ["null", {}],
    ["fine", {}],
    ["", {}],
    [`{"status":"${"x".repeat(70_000)}"}`, {}],
  ])("is what the body says: %.40s", async (body, says) => {
    const port = await webServer((_request, answer) => answer.end(body));
    expect(await ask(`http://127.0.0.1:${port}/health`)).toEqual({
      url: `http://127.0.0.1:${port}/health`,
      status: 200,
      ...says,
    });
  });

  it("is asked with GET, and without a credential", async () => {
    const asked: unknown[] = [];
    const port = await webServer(({ method, url, headers }, answer) => {
      asked.push(method, url, headers["authorization"]);
      answer.end();
    });
    const { url } = await ask(`http://user:password@127.0.0.1:${port}/health?key=secret`);
    expect(asked).toEqual(["GET", "/health?key=secret", undefined]);
    expect(url).toBe(`http://127.0.0.1:${port}/health`);
  });

  it.each([301, 401, 404, 500, 503])("is the status too when that is %i, and nothing is followed", async (status) => {
    let visits = 0;
    const port = await webServer((_request, answer) => {
      visits++;
      answer.writeHead(status, { location: "/elsewhere" }).end('{"status":"down"}');
    });
    expect(await ask(`http://127.0.0.1:${port}/`)).toMatchObject({ status, says: "down" });
    expect(visits).toBe(1);
  });

  it("is the status alone when the body breaks off", async () => {
    const port = await webServer((_request, answer) => {
      answer.writeHead(200, { "content-length": 100 }).write('{"status":"ok"}', () => answer.destroy());
    });
    expect(await ask(`http://127.0.0.1:${port}/`)).toEqual({ url: `http://127.0.0.1:${port}/`, status: 200 });
  });

  it("does not wait for the end of an endless body", async () => {
    const port = await webServer((_request, answer) => {
      const push = (): void => {
        while (!answer.destroyed && answer.write("x".repeat(10_000)));
        answer.once("drain", push);
      };
      push();
    });
    expect(await ask(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 200 });
  });
});

describe("the health of a gateway behind TLS", () => {
  it("is asked under the rules of the endpoint", async () => {
    const port = await webServer((_request, answer) => answer.end('{"status":"ok"}'), server);
    const url = `https://localhost:${port}/health`;
    expect(await ask(url)).toMatchObject({ says: "ok" });
    const error = await errorOf(url, endpointTo("tcps://localhost:1", { ca: [pem("other-ca")] }));
    expect(error).toMatchObject({ reason: "tls", permanent: true });
    expect(error.message).toContain("MCP Router test CA");
    expect(await ask(url, endpointTo("tcps://localhost:1", { verify: false }))).toMatchObject({ says: "ok" });
  });

  it("shows the client certificate to the gateway's host, and to no other", async () => {
    const shown: boolean[] = [];
    const options = { ...server, ca, requestCert: true, rejectUnauthorized: false };
    const port = await webServer((request, answer) => {
      shown.push("authorized" in request.socket && request.socket.authorized === true);
      answer.end();
    }, options);
    const client = { ca, cert: pem("client"), key: pem("client") };
    await ask(`https://localhost:${port}/`, endpointTo("tcps://LOCALHOST:1", client));
    await ask(`https://127.0.0.1:${port}/`, endpointTo("tcps://localhost:1", client));
    expect(shown).toEqual([true, false]);
  });

  it("uses the configured server name for the gateway's host, and for no other", async () => {
    const port = await webServer((_request, answer) => answer.end(), {
      key: pem("wrong-host"),
      cert: pem("wrong-host"),
    });
    const named = { ca, serverName: "gateway.invalid" };
    expect(await ask(`https://localhost:${port}/`, endpointTo("wss://localhost", named))).toMatchObject({
      status: 200,
    });
    const error = await errorOf(`https://127.0.0.1:${port}/`, endpointTo("wss://localhost", named));
    expect(error.reason).toBe("tls");
  });
});

describe("the health of a gateway behind a proxy", () => {
  it("is asked through it, at the address that is asked for", async () => {
    const port = await webServer((_request, answer) => answer.end('{"status":"ok"}'), server);
    const proxy = await connectProxy();
    const asked: string[] = [];
    const url = new URL(`https://localhost:${port}/health`);
    const answer = await askHealth(endpointTo("tcps://localhost:1", { ca }), url, never, ({ href }) => {
      asked.push(href);
      return decisionFor(`http://127.0.0.1:${proxy.port}`);
    });
    expect(answer).toMatchObject({ status: 200, says: "ok" });
    expect(asked).toEqual([url.href]);
    expect(proxy.asked).toEqual([`localhost:${port}`]);
  });

  it("fails with words about the proxy", async () => {
    const proxy = `http://127.0.0.1:${await freePort()}`;
    const endpoint = endpointTo("tcps://localhost:1");
    const asking = askHealth(endpoint, new URL("http://gateway.invalid/"), never, () => decisionFor(proxy));
    await expect(asking).rejects.toMatchObject({ reason: "proxy", permanent: false });
  });
});

describe("the pins of an endpoint", () => {
  it("hold for the gateway's host, and for no other", async () => {
    const port = await webServer((_request, answer) => answer.end(), server);
    const endpoint = endpointTo("tcps://localhost:1", { ca, pins: ["sha256/none"] });
    expect(await errorOf(`https://localhost:${port}/`, endpoint)).toMatchObject({ reason: "tls", permanent: true });
    expect(await ask(`https://127.0.0.1:${port}/`, endpoint)).toMatchObject({ status: 200 });
  });
});

describe("a health request that fails", () => {
  it("says that nothing listens, and names the key", async () => {
    const error = await errorOf(`http://127.0.0.1:${await freePort()}/`);
    expect(error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(error.hint).toContain("gateway.health.url");
  });

  it("says when the answer is no HTTP", async () => {
    const port = await tcpServer((socket) => socket.end("SSH-2.0-OpenSSH_9.7\r\n"));
    const error = await errorOf(`http://127.0.0.1:${port}/`);
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error.hint).toContain("gateway.health.url");
  });

  it("says when the port does not speak TLS", async () => {
    const port = await webServer((_request, answer) => answer.end());
    const error = await errorOf(`https://127.0.0.1:${port}/`);
    expect(error).toMatchObject({ reason: "protocol", permanent: true });
    expect(error.hint).toContain("http:// instead of https://");
  });

  it("says when the gateway hangs up", async () => {
    const port = await tcpServer((socket) => socket.once("data", () => socket.end()));
    const error = await errorOf(`http://127.0.0.1:${port}/`);
    expect(error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(error.message).toContain("without answering the request");
  });

  it.each([
    ["before the answer", () => {}],
    ["in the middle of it", (answer: { write(text: string): void }) => answer.write("{")],
  ])("ends with its signal %s", async (_name, serve) => {
    const port = await webServer((_request, answer) => serve(answer));
    const error = await errorOf(`http://127.0.0.1:${port}/`, undefined, AbortSignal.timeout(50));
    expect(error).toMatchObject({ reason: "timeout", permanent: false });
  });

  it("refuses other schemes", async () => {
    const error = await errorOf("ftp://127.0.0.1/");
    expect(error).toMatchObject({ reason: "not_found", permanent: true });
    expect(error.hint).toContain("gateway.health.url");
  });
});
