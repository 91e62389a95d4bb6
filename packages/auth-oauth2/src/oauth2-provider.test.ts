import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { failureOf } from "./fixtures/failure-of.ts";
import { providerFor } from "./fixtures/provider.ts";
import { draftFor, recordingContext } from "./fixtures/recording-context.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { json, startTokenEndpoint, tokens } from "./fixtures/token-endpoint.ts";

const SECRET = "secret-canary";

async function signIn(answer = tokens(), options: object = {}) {
  const server = await startTokenEndpoint(answer);
  const context = recordingContext({ OAUTH_CLIENT_SECRET: SECRET });
  const provider = providerFor(
    { token_endpoint: server.url, client_secret_env: "OAUTH_CLIENT_SECRET", ...options },
    context,
  );
  const bearer = async (...draftOf: Parameters<typeof draftFor>): Promise<string | undefined> => {
    const draft = draftFor(...draftOf);
    await provider.authenticate(draft);
    return draft.bearer?.reveal();
  };
  return { server, context, provider, bearer };
}

/** Moves the monotonic clock; everything else takes its course. */
function monotonicClock(): (ms: number) => void {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  return (ms) => vi.advanceTimersByTime(ms);
}

describe("a token", () => {
  it("is asked for with the client's secret, scopes, resource and audience", async () => {
    const { server, bearer, context } = await signIn(tokens(), {
      client_id: "router:1",
      scopes: ["mcp.read", "mcp.write"],
      resource: "https://gateway.example.com/mcp",
      audience: "gateway",
    });
    expect(await bearer("dial")).toBe("token-1");
    expect(Object.fromEntries(server.asked[0]?.parameters ?? [])).toEqual({
      grant_type: "client_credentials",
      scope: "mcp.read mcp.write",
      resource: "https://gateway.example.com/mcp",
      audience: "gateway",
    });
    const basic = Buffer.from(`router%3A1:${SECRET}`.replace("-", "%2D")).toString("base64");
    expect(server.asked[0]?.headers.authorization).toBe(`Basic ${basic}`);
    expect([...context.secrets]).toEqual(expect.arrayContaining([SECRET, basic, "token-1"]));
  });

  it("goes to whoever asks until it is time for another one", async () => {
    const { server, bearer } = await signIn();
    expect(await Promise.all([bearer("dial"), bearer("dial"), bearer("expiry")])).toEqual(Array(3).fill("token-1"));
    expect(await bearer("dial")).toBe("token-1");
    expect(server.asked).toHaveLength(1);
  });

  it("says when it ends", async () => {
    const { provider } = await signIn(tokens(100));
    const before = performance.now();
    const draft = draftFor("dial");
    await provider.authenticate(draft);
    expect(draft.expiresAt).toBeGreaterThanOrEqual(before + 100_000);
    expect(draft.expiresAt).toBeLessThanOrEqual(performance.now() + 100_000);
  });

  it.each([[0], [-5], [null], ["soon"], [{}], [undefined]])("with expires_in %j has no end", async (expiresIn) => {
    const { provider, server } = await signIn((response) =>
      json(response, 200, { access_token: "token-1", token_type: "bearer", expires_in: expiresIn }),
    );
    const draft = draftFor("dial");
    await provider.authenticate(draft);
    await provider.authenticate(draftFor("dial"));
    expect([draft.bearer?.reveal(), draft.expiresAt]).toEqual(["token-1", undefined]);
    expect(server.asked).toHaveLength(1);
  });

  it.each([
    ["3600", 3_600_000],
    [1e12, 20 * 24 * 3_600_000],
  ])("with expires_in %j lives as long as that means", async (expiresIn, lifeMs) => {
    const { provider } = await signIn(tokens(expiresIn));
    const draft = draftFor("dial");
    const before = performance.now();
    await provider.authenticate(draft);
    expect((draft.expiresAt ?? 0) - before).toBeGreaterThanOrEqual(lifeMs);
    expect((draft.expiresAt ?? 0) - before).toBeLessThan(lifeMs + 10_000);
  });

  it("that comes with an identity token and a scope of no use is taken all the same", async () => {
    const { bearer } = await signIn(tokens(60, { id_token: "no.jwt.atall", scope: null, refresh_token: "" }));
    expect(await bearer("dial")).toBe("token-1");
  });
});

describe("a token that the gateway refused", () => {
  it("is replaced by another one, once", async () => {
    const { server, bearer } = await signIn();
    const first = await bearer("dial");
    expect(await bearer("rejected", first)).toBe("token-2");
    expect(await bearer("dial")).toBe("token-2");
    expect(server.asked).toHaveLength(2);
  });

  it("is no reason to ask when there is a newer one", async () => {
    const { server, bearer } = await signIn();
    const first = await bearer("dial");
    await bearer("rejected", first);
    expect(await bearer("rejected", first)).toBe("token-2");
    expect(server.asked).toHaveLength(2);
  });

  it("is never handed out again, not when the server gives it again", async () => {
    const { server, provider, bearer } = await signIn((response) =>
      json(response, 200, { access_token: "same", token_type: "bearer", expires_in: 3600 }),
    );
    await bearer("dial");
    const error = await failureOf(() => provider.authenticate(draftFor("rejected", "same")));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain("gives the very token again that the gateway refused");
    await failureOf(() => provider.authenticate(draftFor("dial")));
    expect(server.asked).toHaveLength(2);
  });

  it("is never handed out again, not when the server is down", async () => {
    const { server, provider, bearer } = await signIn();
    await bearer("dial");
    server.answerWith((response) => json(response, 503, {}));
    for (const reason of ["rejected", "dial", "expiry"] as const) {
      const error = await failureOf(() => provider.authenticate(draftFor(reason, "token-1")));
      expect(error).toMatchObject({ reason: "credential", permanent: false });
    }
  });

  it("is not replaced without end when the gateway refuses each one", async () => {
    const { server, provider, bearer } = await signIn();
    const challenge = 'Bearer error="invalid_token", error_description="wrong \u001b[2Jaudience"';
    await bearer("rejected", await bearer("dial"));
    for (let count = 0; count < 5; count++) {
      const error = await failureOf(() => provider.authenticate(draftFor("rejected", "token-2", challenge)));
      expect(error).toMatchObject({ reason: "credential", permanent: true });
      expect(error.message).toContain("has just given");
      expect(error.message).toContain("audience");
      expect(error.message).not.toContain("\u001b");
      expect(error.hint).toContain("auth.audience");
    }
    expect(server.asked).toHaveLength(2);
  });
});

describe("a token near its end", () => {
  it("is renewed when core says so, and not again at once", async () => {
    const { server, bearer } = await signIn();
    const pass = monotonicClock();
    expect(await bearer("dial")).toBe("token-1");
    pass(3_000_000);
    expect(await Promise.all([bearer("expiry"), bearer("expiry")])).toEqual(["token-2", "token-2"]);
    expect(await bearer("expiry")).toBe("token-2");
    expect(server.asked).toHaveLength(2);
  });

  it("stays in use while no other can be had, with one warning and its true end", async () => {
    const { server, provider, context } = await signIn();
    const pass = monotonicClock();
    const first = draftFor("dial");
    await provider.authenticate(first);
    server.answerWith((response) => json(response, 500, {}));
    pass(3_000_000);
    const second = draftFor("expiry");
    await provider.authenticate(second);
    await provider.authenticate(draftFor("expiry"));
    expect([second.bearer?.reveal(), second.expiresAt]).toEqual(["token-1", first.expiresAt]);
    expect(context.warnings).toEqual([expect.stringContaining("good for now")]);
    expect(server.asked).toHaveLength(2);
    pass(600_000);
    await failureOf(() => provider.authenticate(draftFor("expiry")));
  });
});

describe("a client that the server refuses", () => {
  it.each([
    ["invalid_client", 401, "client_id"],
    ["unauthorized_client", 400, "grant_type"],
    ["invalid_scope", 400, "auth.scopes"],
    ["invalid_target", 400, "auth.resource"],
  ])("with %s is told which key to check, and asked for twice at most", async (code, status, key) => {
    const { server, provider, context } = await signIn((response) =>
      json(
        response,
        status,
        { error: code, error_description: `no \u001b[31m${"x".repeat(500)}` },
        { "www-authenticate": "Basic" },
      ),
    );
    const pass = monotonicClock();
    for (let count = 0; count < 4; count++) {
      const error = await failureOf(() => provider.authenticate(draftFor("dial")));
      pass(600_000);
      expect(error).toMatchObject({ reason: "credential", permanent: true });
      expect(error.message).toContain(`${server.url} (auth.token_endpoint)`);
      expect(error.message).toContain(`${code}: no `);
      expect(error.message).not.toContain("\u001b");
      expect(error.message.length).toBeLessThan(400);
      expect(error.hint).toContain(key);
    }
    expect(server.asked).toHaveLength(2);
    expect(context.lines.join()).not.toContain("canary");
  });

  it("is asked for again when the secret's file is another one", async () => {
    const path = join(temporaryFolder(), "secret");
    writeFileSync(path, "old", { mode: 0o600 });
    const { server, provider, bearer, context } = await signIn(
      (response, _count, { parameters }) =>
        parameters.get("client_secret") === "new"
          ? tokens()(response, 1, { parameters, headers: {}, path: "" })
          : json(response, 401, { error: "invalid_client" }),
      { client_secret_env: undefined, client_secret_file: path, token_endpoint_auth_method: "client_secret_post" },
    );
    const error = await failureOf(() => provider.authenticate(draftFor("dial")));
    expect(error.hint).toContain(`the file ${path} (auth.client_secret_file)`);
    writeFileSync(path, "new\n");
    await context.untilChanged(1);
    expect(await bearer("changed")).toBe("token-1");
    expect(server.asked).toHaveLength(2);
  });
});

describe("what the configuration lacks", () => {
  it.each([
    [{ client_secret_env: "NOT_THERE" }, "NOT_THERE (auth.client_secret_env)", "claude mcp add -e NOT_THERE"],
    [
      { client_secret_env: undefined, client_secret_file: "/nowhere/secret" },
      "/nowhere/secret (auth.client_secret_file)",
      "a file",
    ],
    [{ client_secret: "twice" }, "auth.client_secret is given more than once", "Keep one"],
    [
      { client_secret_env: undefined, token_endpoint_auth_method: "client_secret_post" },
      "auth.client_secret_env",
      "client_secret_env",
    ],
    [{ token_endpoint_auth_method: "private_key_jwt" }, "auth.private_key_file", ""],
    [{ token_endpoint: "http://auth.example.com/token" }, "(auth.token_endpoint) would get", "https://"],
    [{ grant_type: "refresh_token" }, "auth.grant_type refresh_token", "auth.refresh_token_env"],
  ])("is told by its key: %j", async (options, says, hint) => {
    const { server, provider } = await signIn(tokens(), options);
    const error = await failureOf(() => provider.authenticate(draftFor("dial")));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain(says);
    expect(error.hint).toContain(hint);
    expect(server.asked).toHaveLength(0);
  });
});
