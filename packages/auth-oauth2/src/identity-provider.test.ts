import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { failureOf } from "./fixtures/failure-of.ts";
import { startIdentityProvider } from "./fixtures/identity-provider.ts";
import { providerFor } from "./fixtures/provider.ts";
import { draftFor, recordingContext } from "./fixtures/recording-context.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";

const RESOURCE = "https://gateway.example.com/mcp";

describe("a real authorization server", () => {
  it.each([
    ["client_secret_basic", { client_id: "basic", client_secret: "s:e c/r%et" }],
    [
      "client_secret_post",
      { client_id: "post", client_secret: "secret", token_endpoint_auth_method: "client_secret_post" as const },
    ],
  ])("gives a token for the gateway by %s", async (_method, options) => {
    const server = await startIdentityProvider();
    const provider = providerFor(
      { issuer: server.issuer, scopes: ["mcp.read"], resource: RESOURCE, ...options },
      recordingContext(),
    );
    const draft = draftFor("dial");
    await provider.authenticate(draft);
    const token = draft.bearer?.reveal() ?? "";
    expect(await server.read(token)).toEqual({ audience: RESOURCE, scope: "mcp.read" });
    // And so does a gateway see it that asks the server.
    expect(await server.introspect(token)).toMatchObject({ active: true, aud: RESOURCE, client_id: options.client_id });
    expect((draft.expiresAt ?? 0) - performance.now()).toBeGreaterThan(590_000);
  });

  it.each([
    ["by its issuer", (issuer: string) => ({ issuer })],
    ["by its token endpoint", (issuer: string) => ({ token_endpoint: `${issuer}/token` })],
  ])("gives a token for an assertion signed with an encrypted key, made out to it %s", async (_what, where) => {
    const server = await startIdentityProvider();
    const path = join(temporaryFolder(), "key.pem");
    const pem = server.key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "pass-canary" });
    writeFileSync(path, pem, { mode: 0o600 });
    const context = recordingContext({ KEY_PASSPHRASE: "pass-canary" });
    const provider = providerFor(
      {
        ...where(server.issuer),
        client_id: "signing",
        private_key_file: path,
        private_key_passphrase_env: "KEY_PASSPHRASE",
        private_key_id: "key-1",
      },
      context,
    );
    const draft = draftFor("dial");
    await provider.authenticate(draft);
    expect(await server.read(draft.bearer?.reveal() ?? "")).toBeDefined();
    // The assertion is as good as a secret while it lasts.
    expect([...context.secrets].filter((secret) => secret.split(".").length === 3)).toHaveLength(1);
    expect(context.lines.join()).not.toContain("canary");
  });

  it.each([
    [{ client_secret: "wrong-canary" }, "invalid_client", "auth.client_id and the configuration (auth.client_secret)"],
    [{ scopes: ["mcp.admin"] }, "invalid_scope", "auth.scopes"],
    [{ resource: "https://elsewhere.example.com" }, "invalid_target", "auth.resource"],
  ])("says what is wrong with %j", async (options, code, hint) => {
    const server = await startIdentityProvider();
    const context = recordingContext();
    const wrong = {
      issuer: server.issuer,
      client_id: "basic",
      client_secret: "s:e c/r%et",
      resource: RESOURCE,
      ...options,
    };
    const error = await failureOf(() => providerFor(wrong, context).authenticate(draftFor("dial")));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain(code);
    expect(error.hint).toContain(hint);
    expect(`${error.message} ${context.lines.join()}`).not.toContain("canary");
  });

  it("logs each request without anything secret", async () => {
    const server = await startIdentityProvider();
    const context = recordingContext();
    const options = { issuer: server.issuer, client_id: "basic", client_secret: "s:e c/r%et" };
    await providerFor(options, context).authenticate(draftFor("dial"));
    const records = context.lines.filter((line) => !line.includes("warn")).map((line): unknown => JSON.parse(line));
    expect(records).toEqual([
      {
        level: "debug",
        text: "asked",
        method: "GET",
        url: `${server.issuer}/.well-known/oauth-authorization-server`,
        status: 200,
        ms: expect.any(Number),
      },
      {
        level: "debug",
        text: "asked",
        method: "POST",
        url: `${server.issuer}/token`,
        status: 200,
        ms: expect.any(Number),
      },
      { level: "debug", text: "access token", from: `${server.issuer}/token`, lifetimeMs: 600_000 },
    ]);
  });
});

describe("a refresh token", () => {
  async function signIn() {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const server = await startIdentityProvider();
    const context = recordingContext({ REFRESH_TOKEN: await server.refreshToken() });
    const options = {
      token_endpoint: `${server.issuer}/token`,
      client_id: "basic",
      client_secret: "s:e c/r%et",
      grant_type: "refresh_token",
      refresh_token_env: "REFRESH_TOKEN",
    } as const;
    return { server, context, options };
  }

  it("is renewed with each token, and the old one never used again", async () => {
    const { server, context, options } = await signIn();
    const provider = providerFor(options, context);
    const seen = new Set<string | undefined>();
    for (let count = 0; count < 4; count++) {
      const draft = draftFor(count === 0 ? "dial" : "expiry");
      await provider.authenticate(draft);
      seen.add(draft.bearer?.reveal());
      vi.advanceTimersByTime(500_000);
    }
    expect(seen.size).toBe(4);
    expect(server.asked).toHaveLength(4);
    expect(context.warnings).toEqual([expect.stringContaining("auth.client_secret holds the secret itself")]);
  });

  it("is used on by the next router where the last one ended", async () => {
    const { server, context, options } = await signIn();
    await providerFor(options, context).authenticate(draftFor("dial"));
    vi.useRealTimers();
    // The token is refused, so that another one is needed: with the configured refresh token that would be reuse.
    for (const token of ["unknown", undefined]) {
      const draft = draftFor("dial");
      await providerFor(options, context).authenticate(draft);
      const next = draftFor("rejected", token ?? draft.bearer?.reveal());
      await providerFor(options, context).authenticate(next);
      expect(await server.read(next.bearer?.reveal() ?? "")).toBeDefined();
    }
    expect(server.asked).toHaveLength(2);
  });

  it("that was used elsewhere is refused, once and for all, with what to do", async () => {
    const { server, context, options } = await signIn();
    await providerFor({ ...options, token_cache: false }, context).authenticate(draftFor("dial"));
    const provider = providerFor({ ...options, token_cache: false }, context);
    for (let count = 0; count < 3; count++) {
      const error = await failureOf(() => provider.authenticate(draftFor("dial")));
      expect(error).toMatchObject({ reason: "credential", permanent: true });
      expect(error.message).toContain("invalid_grant");
      expect(error.hint).toContain("the environment variable REFRESH_TOKEN (auth.refresh_token_env)");
      vi.advanceTimersByTime(600_000);
    }
    expect(server.asked).toHaveLength(2);
  });
});
