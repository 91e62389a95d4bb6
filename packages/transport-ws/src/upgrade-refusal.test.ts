import { Secret } from "@mcp-router/core/plugin";
import { describe, expect, it } from "vitest";
import { dialErrorOf } from "./fixtures/dial-error-of.ts";
import { credentialOf, endpointTo } from "./fixtures/endpoint.ts";
import { answering, tcpServer } from "./fixtures/servers.ts";

async function refusedWith(statusLine: string, headers: readonly string[] = [], body = "") {
  const head = [`HTTP/1.1 ${statusLine}`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, "", ""].join(
    "\r\n",
  );
  const port = await answering(head + body);
  return { port, error: await dialErrorOf(endpointTo(`ws://127.0.0.1:${port}/mcp`)) };
}

describe("an upgrade that the gateway refuses", () => {
  it.each([
    ["401 Unauthorized", "unauthorized", true],
    ["403 Forbidden", "forbidden", true],
    ["404 Not Found", "not_found", true],
    ["410 Gone", "not_found", true],
    ["407 Proxy Authentication Required", "proxy", true],
    ["200 OK", "protocol", true],
    ["400 Bad Request", "protocol", true],
    ["426 Upgrade Required", "protocol", true],
    ["418 Teapot", "protocol", true],
    ["408 Request Timeout", "rate_limited", false],
    ["425 Too Early", "rate_limited", false],
    ["429 Too Many Requests", "rate_limited", false],
    ["500 Oops", "unavailable", false],
    ["502 Bad Gateway", "unavailable", false],
    ["503 Service Unavailable", "unavailable", false],
    ["504 Gateway Timeout", "unavailable", false],
  ])("%s is %s, permanent: %s", async (statusLine, reason, permanent) => {
    const { error, port } = await refusedWith(statusLine);
    expect(error).toMatchObject({ reason, permanent, status: Number(statusLine.slice(0, 3)) });
    expect(error.message).toContain(`127.0.0.1:${port}`);
    expect(error.message).toContain(statusLine.slice(4));
    expect(error.hint).toMatch(/\w+/);
  });

  it("shows nothing of an answer that repeats the credential", async () => {
    const body = "bad header: Authorization: Bearer token-canary";
    const head = [
      "HTTP/1.1 401 No token-canary",
      'WWW-Authenticate: Bearer realm="token-canary"',
      "Content-Type: text/plain",
    ];
    const port = await answering([...head, `Content-Length: ${body.length}`, "", body].join("\r\n"));
    const credential = credentialOf({ bearer: new Secret("token-canary") });
    const error = await dialErrorOf(endpointTo(`ws://127.0.0.1:${port}/mcp`), credential);
    expect(error).toMatchObject({ reason: "unauthorized", status: 401 });
    expect(`${error.message} ${error.hint} ${error.challenge}`).not.toContain("canary");
  });

  it("tells a token without enough rights from a wrong one", async () => {
    const { error } = await refusedWith("401 Unauthorized", ['WWW-Authenticate: Bearer error="insufficient_scope"']);
    expect(error).toMatchObject({ reason: "forbidden", status: 401 });
  });

  it("shows what the gateway says about it", async () => {
    const { error } = await refusedWith(
      "401 Unauthorized",
      ['WWW-Authenticate: Bearer error="invalid_token", error_description="expired"', "Content-Type: text/plain"],
      "token expired\n",
    );
    expect(error.message).toContain("expired");
    expect(error.message).toContain("token expired");
  });

  it("leaves an HTML page out", async () => {
    const { error } = await refusedWith(
      "404 Not Found",
      ["Content-Type: text/html"],
      "<html><body>nothing</body></html>",
    );
    expect(error.message).not.toContain("<html>");
  });

  it("escapes and bounds the gateway's text", async () => {
    const { error } = await refusedWith(
      "403 \u001b]8;;evil\u0007",
      ["Content-Type: text/plain"],
      `\u001b[2J\u202e${"x".repeat(5000)}`,
    );
    expect(error.message).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(error.message).toContain("\\u001b[2J\\u202e");
    expect(error.message.length).toBeLessThan(600);
  });

  it("does not wait for the end of an endless page", async () => {
    const port = await tcpServer((socket) => {
      socket.once("data", () => socket.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 100000\r\n\r\nno"));
    });
    const error = await dialErrorOf(endpointTo(`ws://127.0.0.1:${port}`));
    expect(error).toMatchObject({ reason: "forbidden", status: 403 });
    expect(error.message).toContain("no");
  });

  it("names the target of a redirect without following it", async () => {
    let visits = 0;
    const other = await tcpServer(() => visits++);
    const { error } = await refusedWith("302 Found", [
      `Location: https://user:pass@127.0.0.1:${other}/login?token=secret`,
    ]);
    expect(error).toMatchObject({ reason: "protocol", permanent: true, status: 302 });
    expect(error.message).toContain(`https://127.0.0.1:${other}`);
    expect(error.message).not.toMatch(/secret|pass/);
    expect(visits).toBe(0);
  });

  it("names the path of a redirect on the same host", async () => {
    const { error, port } = await refusedWith("308 Permanent Redirect", ["Location: /mcp/?session=1"]);
    expect(error.message).toContain(`redirects to ws://127.0.0.1:${port}/mcp/ (`);
  });

  it("copes with a redirect to nowhere", async () => {
    const { error } = await refusedWith("302 Found", ["Location: http://["]);
    expect(error.message).toContain("no valid address");
  });

  it.each([
    ["401 Unauthorized", 'Bearer error="invalid_token", resource_metadata="https://idp/x"', "unauthorized"],
    ["401 Unauthorized", 'Bearer error="insufficient_scope", scope="mcp:call"', "forbidden"],
    ["403 Forbidden", 'Bearer error="insufficient_scope", scope="mcp:call"', "forbidden"],
    ["403 Forbidden", undefined, "forbidden"],
  ])("hands on what it asks for: %s, %s", async (status, challenge, reason) => {
    const { error } = await refusedWith(status, challenge === undefined ? [] : [`WWW-Authenticate: ${challenge}`]);
    expect(error).toMatchObject({ reason, permanent: true });
    expect(error.challenge).toBe(challenge);
    expect(error.hint?.includes("scopes (gateway.auth.scopes") ?? false).toBe(
      challenge?.includes("insufficient_scope") ?? false,
    );
  });

  it("takes Retry-After of a passing refusal, at most a minute", async () => {
    expect((await refusedWith("429 Too Many Requests", ["Retry-After: 7"])).error.retryAfterMs).toBe(7000);
    expect((await refusedWith("503 Busy", ["Retry-After: 100000"])).error.retryAfterMs).toBe(60_000);
    expect(
      (await refusedWith("429 Too Many Requests", ["X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 9"])).error
        .retryAfterMs,
    ).toBe(9000);
    expect((await refusedWith("429 Too Many Requests", ["Retry-After: soon"])).error.retryAfterMs).toBeUndefined();
    expect((await refusedWith("404 Not Found", ["Retry-After: 7"])).error.retryAfterMs).toBeUndefined();
  });

  it("recognises a TLS port that answers plain HTTP with an explanation", async () => {
    const { error } = await refusedWith("400 Bad Request", [], "Client sent an HTTP request to an HTTPS server.\n");
    expect(error.reason).toBe("protocol");
    expect(error.hint).toContain("wss://");
  });
});
