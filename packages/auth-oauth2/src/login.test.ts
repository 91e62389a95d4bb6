import type { LoginPerson } from "@mcp-router/core/plugin";
import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { failureOf } from "./fixtures/failure-of.ts";
import { startIdentityProvider } from "./fixtures/identity-provider.ts";
import { providerFor } from "./fixtures/provider.ts";
import { draftFor, recordingContext } from "./fixtures/recording-context.ts";
import { type Answer, json, startTokenEndpoint, type TokenEndpoint } from "./fixtures/token-endpoint.ts";
import type { Oauth2Options } from "./options.ts";

/** Someone who reads what is shown, and acts on each line. */
function person(act: (line: string) => void = () => {}): LoginPerson & { readonly lines: string[]; end(): void } {
  const lines: string[] = [];
  const controller = new AbortController();
  return {
    lines,
    signal: controller.signal,
    end: () => controller.abort(new Error("called off")),
    show(line) {
      lines.push(line);
      act(line);
    },
  };
}

/** An authorization server that answers at /token as told. */
async function serve(answer: Answer, metadata: (origin: string) => object = () => ({})): Promise<TokenEndpoint> {
  let count = 0;
  const server: TokenEndpoint = await startTokenEndpoint((response, _all, asked) => {
    const { origin } = server;
    if (asked.path === "/token") return answer(response, ++count, asked);
    if (asked.path === "/device") {
      const told = { device_code: "device-canary", user_code: "ABCD-EFGH", verification_uri: `${origin}/activate` };
      return json(response, 200, { ...told, expires_in: 60, interval: 0.01, ...metadata(origin) });
    }
    json(response, 200, {
      issuer: origin,
      token_endpoint: `${origin}/token`,
      authorization_endpoint: `${origin}/authorize?tenant=1`,
      device_authorization_endpoint: `${origin}/device`,
      ...metadata(origin),
    });
  });
  return server;
}

const issued = {
  access_token: "token-canary",
  token_type: "Bearer",
  expires_in: 3600,
  refresh_token: "refresh-canary",
};

function signIn(server: { readonly origin: string }, options: Partial<Oauth2Options> = {}) {
  const context = recordingContext();
  const all = { issuer: server.origin, client_id: "public", ...options };
  const { account } = providerFor(all, context);
  if (account === undefined) throw new Error("the provider keeps no account");
  return { context, account, provider: () => providerFor(all, context) };
}

/** A request as a browser sends it, or as something else does. */
function visit(address: string, { method = "GET", headers = {} }: { method?: string; headers?: object } = {}) {
  return new Promise<number>((resolve, reject) => {
    const request = httpRequest(address, { method, headers: { ...headers } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once("error", reject);
    request.end();
  });
}

function openedBy(lines: readonly string[]): URL {
  return new URL(lines.find((line) => line.startsWith("Open "))?.slice(5) ?? "none");
}

describe("a sign-in by device code", () => {
  const device = { grant_type: "device_code", scopes: ["mcp.read"] } as const;
  const patient: Answer = (response, count) =>
    count < 3 ? json(response, 400, { error: "authorization_pending" }) : json(response, 200, issued);

  it("shows a code, waits until it is used, and leaves tokens for all routers", async () => {
    const server = await serve(patient);
    const { account, context, provider } = signIn(server, device);
    const error = await failureOf(() => provider().authenticate(draftFor("dial")));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.hint).toContain("mcp-router auth login");
    expect(await account.status()).toEqual({ goodForMs: undefined, renewable: false });
    const someone = person();
    await account.login(someone);
    expect(someone.lines).toEqual([`Open ${server.origin}/activate`, expect.stringContaining("ABCD-EFGH")]);
    const draft = draftFor("dial");
    await provider().authenticate(draft);
    expect(draft.bearer?.reveal()).toBe("token-canary");
    expect((await account.status()).renewable).toBe(true);
    const begun = server.asked.find(({ path }) => path === "/device");
    expect(begun?.parameters.get("scope")).toBe("mcp.read");
    expect(context.lines.join()).not.toContain("canary");
    expect([...context.secrets]).toEqual(expect.arrayContaining(["device-canary", "token-canary", "refresh-canary"]));
  });

  it("wakes a router that waits for it", async () => {
    const server = await serve((response) => json(response, 200, issued));
    const { account, context, provider } = signIn(server, device);
    const router = provider();
    await failureOf(() => router.authenticate(draftFor("dial")));
    await account.login(person());
    await context.untilChanged(1);
    const draft = draftFor("changed");
    await router.authenticate(draft);
    expect(draft.bearer?.reveal()).toBe("token-canary");
  });

  it("is renewed by its refresh token, and over when that is refused", async () => {
    const server = await serve((response, count, { parameters }) => {
      if (parameters.get("refresh_token") === "refresh-2") return json(response, 400, { error: "invalid_grant" });
      json(response, 200, { ...issued, access_token: `token-${count}`, refresh_token: `refresh-${count}` });
    });
    const { account, provider } = signIn(server, device);
    await account.login(person());
    const router = provider();
    await router.authenticate(draftFor("dial"));
    const second = draftFor("rejected", "token-1");
    await router.authenticate(second);
    expect(second.bearer?.reveal()).toBe("token-2");
    const error = await failureOf(() => provider().authenticate(draftFor("rejected", "token-2")));
    expect(error.message).toContain("invalid_grant");
    expect(error.hint).toContain("mcp-router auth login");
    expect(await account.logout()).toBe(true);
    expect(await account.logout()).toBe(false);
  });

  it.each<readonly [string, Answer, string]>([
    ["says no", (response) => json(response, 400, { error: "access_denied" }), "access_denied"],
    ["forgets the code", (response) => json(response, 400, { error: "expired_token" }), "expired_token"],
  ])("ends when the server %s", async (_what, answer, says) => {
    const { account } = signIn(await serve(answer), device);
    expect((await failureOf(() => account.login(person()))).message).toContain(says);
  });

  it("shows no address that is not of the web", async () => {
    const server = await serve(patient, () => ({ verification_uri: "javascript:alert(1)" }));
    const { account } = signIn(server, device);
    const someone = person();
    expect((await failureOf(() => account.login(someone))).message).toContain("can be opened");
    expect(someone.lines).toEqual([]);
  });

  it("does not ask without a pause a server that wants a pause longer than timers can hold", async () => {
    const pending: Answer = (response) => json(response, 400, { error: "authorization_pending" });
    const server = await serve(pending, () => ({ interval: 1e9, expires_in: 0.2 }));
    const { account } = signIn(server, device);
    expect((await failureOf(() => account.login(person()))).message).toContain("not used in time");
    expect(server.asked.filter(({ path }) => path === "/token").length).toBeLessThan(4);
  });

  it("ends when the person calls it off", async () => {
    const { account } = signIn(
      await serve((response) => json(response, 400, { error: "authorization_pending" })),
      device,
    );
    const someone = person((line) => {
      if (line.includes("ABCD")) someone.end();
    });
    await expect(account.login(someone)).rejects.toThrow();
  });
});

describe("a sign-in in a browser", () => {
  const browser = { grant_type: "authorization_code", scopes: ["mcp.read"] } as const;

  it("takes the one answer that is its own, on this machine, once", async () => {
    const server = await serve((response) => json(response, 200, issued));
    const { account, context, provider } = signIn(server, browser);
    const seen: number[] = [];
    let shown = new URL("http://none");
    const someone = person(() => void act());
    async function act(): Promise<void> {
      shown = openedBy(someone.lines);
      const redirect = shown.searchParams.get("redirect_uri") ?? "";
      const right = `${redirect}?code=code-canary&state=${shown.searchParams.get("state")}`;
      seen.push(
        await visit(`${redirect}?code=code-canary`),
        await visit(`${redirect}?code=code-canary&state=wrong`),
        await visit(`${redirect}?error=access_denied&state=wrong`),
        await visit(`${new URL(redirect).origin}/other`),
        await visit(right, { headers: { host: "evil.test" } }),
        await visit(right, { headers: { origin: "https://evil.test" } }),
        await visit(right, { method: "POST" }),
      );
      expect(server.asked.filter(({ path }) => path === "/token")).toHaveLength(0);
      seen.push(await visit(right));
    }
    await account.login(someone);
    expect(seen.slice(0, 7)).toEqual([400, 400, 400, 404, 403, 403, 405]);
    expect(shown.href).toMatch(new RegExp(`^${server.origin}/authorize\\?tenant=1&`));
    expect(Object.fromEntries(shown.searchParams)).toMatchObject({
      response_type: "code",
      client_id: "public",
      scope: "mcp.read",
      code_challenge_method: "S256",
    });
    expect(new URL(shown.searchParams.get("redirect_uri") ?? "").hostname).toBe("127.0.0.1");
    const exchanged = server.asked.find(({ path }) => path === "/token")?.parameters;
    expect(exchanged?.get("code")).toBe("code-canary");
    expect(exchanged?.get("code_verifier")).toMatch(/^[\w-]{43}$/);
    const draft = draftFor("dial");
    await provider().authenticate(draft);
    expect(draft.bearer?.reveal()).toBe("token-canary");
    expect(context.lines.join()).not.toContain("canary");
    // The port is closed again.
    await expect(visit(shown.searchParams.get("redirect_uri") ?? "")).rejects.toThrow();
  });

  it("ends when the answer is a refusal", async () => {
    const { account } = signIn(await serve((response) => json(response, 200, issued)), browser);
    const someone = person(() => {
      const shown = openedBy(someone.lines);
      const state = shown.searchParams.get("state");
      void visit(`${shown.searchParams.get("redirect_uri")}?error=access_denied&state=${state}`);
    });
    expect((await failureOf(() => account.login(someone))).message).toContain("refused");
  });

  it("takes no answer of another issuer (RFC 9207)", async () => {
    const server = await serve(
      (response) => json(response, 200, issued),
      () => ({ authorization_response_iss_parameter_supported: true }),
    );
    const { account } = signIn(server, browser);
    const someone = person(() => {
      const shown = openedBy(someone.lines);
      const [redirect, state] = [shown.searchParams.get("redirect_uri"), shown.searchParams.get("state")];
      void visit(`${redirect}?code=c&state=${state}&iss=https://evil.test`).then((status) => {
        expect(status).toBe(400);
        someone.end();
      });
    });
    await expect(account.login(someone)).rejects.toThrow("called off");
    expect(server.asked.filter(({ path }) => path === "/token")).toHaveLength(0);
  });

  it("works by device code with a real authorization server", async () => {
    const server = await startIdentityProvider();
    const { account, provider } = signIn(
      { origin: server.issuer },
      { grant_type: "device_code", client_id: "device", scopes: ["openid", "offline_access"] },
    );
    // The address holds the code already.
    const someone = person((line) => {
      if (line.startsWith("Open ")) void server.browse(openedBy(someone.lines));
    });
    await account.login(someone);
    const draft = draftFor("dial");
    await provider().authenticate(draft);
    expect(await server.introspect(draft.bearer?.reveal() ?? "")).toMatchObject({
      active: true,
      client_id: "device",
      sub: "person",
    });
  }, 30_000);

  it("works with a real authorization server, and its refresh token", async () => {
    const server = await startIdentityProvider();
    const { account, provider } = signIn(
      { origin: server.issuer },
      { ...browser, client_id: "person", scopes: ["openid", "offline_access"] },
    );
    const someone = person(() => void server.browse(openedBy(someone.lines)));
    await account.login(someone);
    const router = provider();
    const first = draftFor("dial");
    await router.authenticate(first);
    const second = draftFor("rejected", first.bearer?.reveal());
    await router.authenticate(second);
    expect(await server.read(second.bearer?.reveal() ?? "")).toBeDefined();
    expect(second.bearer?.reveal()).not.toBe(first.bearer?.reveal());
  });
});

it("a grant that needs nobody has nobody sign in", async () => {
  const { account } = signIn({ origin: "http://127.0.0.1:1" }, { grant_type: "client_credentials" });
  expect((await failureOf(() => account.login(person()))).message).toContain("needs nobody");
});
