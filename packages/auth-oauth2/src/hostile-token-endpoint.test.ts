import type { ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { failureOf } from "./fixtures/failure-of.ts";
import { providerFor } from "./fixtures/provider.ts";
import { draftFor, recordingContext } from "./fixtures/recording-context.ts";
import { type Answer, json, startTokenEndpoint, tokens } from "./fixtures/token-endpoint.ts";

async function signIn(answer: Answer) {
  const server = await startTokenEndpoint(answer);
  const context = recordingContext();
  const provider = providerFor({ token_endpoint: server.url, client_secret: "secret-canary" }, context);
  return { server, context, provider };
}

function text(status: number, type: string, body: string, headers: object = {}): Answer {
  return (response) => response.writeHead(status, { "content-type": type, ...headers }).end(body);
}

const token = (member: object): string =>
  JSON.stringify({ access_token: "token-canary", token_type: "bearer", expires_in: 60, ...member });

/** Writes until nobody takes it any more; tells how many bytes that were. */
function pour(response: ServerResponse, bytes: number): Promise<number> {
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  return new Promise((resolve) => {
    let sent = 0;
    const more = (): void => {
      while (sent < bytes) {
        sent += chunk.length;
        if (!response.write(chunk)) return void response.once("drain", more);
      }
      response.end();
    };
    response.once("close", () => resolve(sent));
    more();
  });
}

describe("a token endpoint", () => {
  it.each(["client_secret_basic", "client_secret_post"] as const)(
    "that repeats what it was sent does not get the secret into an error (%s)",
    async (method) => {
      const server = await startTokenEndpoint((response, _count, { headers, parameters }) => {
        const basic = headers.authorization?.slice("Basic ".length) ?? "";
        const words = [basic, Buffer.from(basic, "base64").toString(), parameters.toString()];
        json(response, 401, { error: "invalid_client", error_description: words.join(" ") });
      });
      const secret = { client_secret: "canary/+ secret", token_endpoint_auth_method: method };
      const provider = providerFor({ token_endpoint: server.url, ...secret }, recordingContext());
      const { message } = await failureOf(() => provider.authenticate(draftFor("dial")));
      expect(message).toContain("(invalid_client)");
      expect(message).not.toContain("canary");
      expect(message).not.toContain(server.asked[0]?.headers.authorization ?? "Basic");
    },
  );

  it.each<readonly [string, Answer, boolean, string]>([
    ["answers with an error page", text(500, "text/html", "<h1>secret-canary</h1>"), false, "HTTP status 500"],
    ["answers with garbage", text(200, "application/json", "{nonsense-canary"), false, "gives no token"],
    ["answers without a token", text(200, "application/json", '{"token_type":"bearer"}'), false, "access_token"],
    ["answers with a page", text(200, "text/html", token({})), false, "not application/json"],
    ["answers with a list", text(200, "application/json", "[]"), false, "gives no token"],
    ["is another service", text(404, "text/html", "not found"), true, "HTTP status 404"],
    ["redirects", text(307, "text/plain", "", { location: "http://169.254.169.254/" }), true, "redirects"],
    [
      "gives a token of two lines",
      text(200, "application/json", token({ access_token: "a\r\nX-Evil: canary" })),
      true,
      "cannot hold",
    ],
    [
      "gives a token that is too long",
      text(200, "application/json", token({ access_token: "x".repeat(16_385) })),
      true,
      "longer than",
    ],
    [
      "gives a token of another type",
      text(200, "application/json", token({ token_type: "DPoP" })),
      false,
      "another type",
    ],
    ["asks for patience", text(429, "text/plain", "", { "retry-after": "7" }), false, "HTTP status 429"],
    ["is out of order", (response) => json(response, 400, { error: "temporarily_unavailable" }), false, "temporarily"],
    ["hangs up", (response) => response.destroy(), false, "cannot be asked"],
  ])("that %s gives no token, and says so once", async (_what, answer, permanent, says) => {
    const { server, provider, context } = await signIn(answer);
    const error = await failureOf(() => provider.authenticate(draftFor("dial")));
    expect(error).toMatchObject({ reason: "credential", permanent });
    expect(error.message).toContain(`${server.url} (auth.token_endpoint)`);
    expect(error.message).toContain(says);
    expect(error.hint).not.toBe("");
    // Whoever asks meanwhile gets the same answer, without the server being asked.
    const again = await failureOf(() => provider.authenticate(draftFor("dial")));
    expect(again.message).toBe(error.message);
    expect(again.retryAfterMs).toBeGreaterThan(0);
    expect(server.asked).toHaveLength(1);
    expect(`${error.message} ${error.hint} ${error.stack} ${context.lines.join()}`).not.toContain("canary");
  });

  it("that nobody runs is no endless effort: waits grow up to a minute", async () => {
    const { server, provider } = await signIn((response) => json(response, 503, {}));
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    for (let second = 0; second < 600; second++) {
      await failureOf(() => provider.authenticate(draftFor("dial")));
      vi.advanceTimersByTime(1000);
    }
    // 1, 2, 4 … 32 s and then one a minute, each up to a fifth shorter.
    expect(server.asked.length).toBeGreaterThanOrEqual(14);
    expect(server.asked.length).toBeLessThanOrEqual(19);
    server.answerWith(tokens());
    vi.advanceTimersByTime(60_000);
    const draft = draftFor("dial");
    await provider.authenticate(draft);
    expect(draft.bearer?.reveal()).toMatch(/^token-/);
  });

  it.each([
    ["5", 5000],
    ["1000000000", 60_000],
    ["soon", undefined],
    ["-1", undefined],
    ["0", undefined],
    ["a date", 30_000],
  ])("that says Retry-After: %s is left alone so long", async (value, waitMs) => {
    const header = (): string => (value === "a date" ? new Date(Date.now() + 30_000).toUTCString() : value);
    const { provider } = await signIn((response, ...rest) =>
      text(503, "text/plain", "", { "retry-after": header() })(response, ...rest),
    );
    const { retryAfterMs } = await failureOf(() => provider.authenticate(draftFor("dial")));
    if (waitMs === undefined) expect(retryAfterMs).toBeUndefined();
    else expect(Math.abs((retryAfterMs ?? 0) - waitMs)).toBeLessThan(2000);
  });

  it("that never ends its answer is cut off", async () => {
    let poured: Promise<number> | undefined;
    const { provider } = await signIn((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      poured = pour(response, 300_000_000);
    });
    const error = await failureOf(() => provider.authenticate(draftFor("dial")));
    expect(error.message).toContain("more than 262144 bytes");
    expect(await poured).toBeLessThan(20_000_000);
  });

  it.each<readonly [string, Answer]>([
    ["never answers", () => {}],
    [
      "answers a byte at a time",
      (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const drip = setInterval(() => response.write(" "), 1000);
        response.once("close", () => clearInterval(drip));
      },
    ],
  ])("that %s is given up after five seconds", async (_what, answer) => {
    const { provider } = await signIn(answer);
    const started = performance.now();
    const error = await failureOf(() => provider.authenticate(draftFor("dial")));
    expect(error).toMatchObject({ reason: "credential", permanent: false });
    expect(error.message).toContain("5000 ms");
    expect(performance.now() - started).toBeLessThan(9000);
  });
});
