import { describe, expect, it } from "vitest";
import { failureOf } from "./fixtures/failure-of.ts";
import { providerFor } from "./fixtures/provider.ts";
import { draftFor, endpoint, recordingContext } from "./fixtures/recording-context.ts";
import { json, startTokenEndpoint, type TokenEndpoint, tokens } from "./fixtures/token-endpoint.ts";

/** A server that answers by path; what it does not know is not found. */
async function serve(paths: (origin: string) => { readonly [path: string]: unknown }): Promise<TokenEndpoint> {
  const server: TokenEndpoint = await startTokenEndpoint((response, count, asked) => {
    if (asked.path === "/token") return tokens()(response, count, asked);
    const known = paths(server.origin);
    if (Object.hasOwn(known, asked.path)) json(response, 200, known[asked.path]);
    else json(response, 404, {});
  });
  return server;
}

const pathsOf = ({ asked }: TokenEndpoint): readonly string[] => asked.map(({ path }) => path);

describe("an issuer", () => {
  it.each([
    ["", "/.well-known/oauth-authorization-server", ["/.well-known/oauth-authorization-server"]],
    ["/tenant", "/.well-known/oauth-authorization-server/tenant", ["/.well-known/oauth-authorization-server/tenant"]],
    [
      "/tenant",
      "/tenant/.well-known/openid-configuration",
      ["/.well-known/oauth-authorization-server/tenant", "/tenant/.well-known/openid-configuration"],
    ],
  ])("with the path “%s” tells its token endpoint at %s", async (path, place, asked) => {
    const server = await serve((origin) => ({
      [place]: { issuer: `${origin}${path}`, token_endpoint: `${origin}/token` },
    }));
    const provider = providerFor({ issuer: `${server.origin}${path}`, client_secret: "s" }, recordingContext());
    const draft = draftFor("dial");
    await provider.authenticate(draft);
    expect(draft.bearer?.reveal()).toMatch(/^token-/);
    expect(pathsOf(server)).toEqual([...asked, "/token"]);
    await provider.authenticate(draftFor("rejected", draft.bearer?.reveal()));
    expect(pathsOf(server)).toEqual([...asked, "/token", "/token"]);
  });

  it.each<readonly [string, (origin: string) => unknown, string]>([
    [
      "says that it is another one",
      () => ({ issuer: "https://evil.example.com", token_endpoint: "https://evil.example.com/token" }),
      "does not describe itself",
    ],
    ["tells no token endpoint", (origin) => ({ issuer: origin }), "names no token endpoint"],
    [
      "tells a token endpoint elsewhere without TLS",
      (origin) => ({ issuer: origin, token_endpoint: "http://192.0.2.1/token" }),
      "not asked",
    ],
  ])("that %s gets no secret", async (_what, metadata, says) => {
    const server = await serve((origin) => ({ "/.well-known/oauth-authorization-server": metadata(origin) }));
    const provider = providerFor({ issuer: server.origin, client_secret: "s" }, recordingContext());
    const error = await failureOf(() => provider.authenticate(draftFor("dial")));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain(says);
    expect(pathsOf(server)).toEqual(["/.well-known/oauth-authorization-server"]);
  });
});

describe("a gateway that tells who gives tokens", () => {
  const gateway = { ...endpoint, url: new URL("ws://127.0.0.1:8080/mcp"), name: "ws://127.0.0.1:8080" };

  async function told(resource: unknown, more: (origin: string) => object = () => ({})) {
    const server = await serve((origin) => ({
      "/resource": { resource, authorization_servers: [`${origin}/as`], ...more(origin) },
      "/.well-known/oauth-authorization-server/as": { issuer: `${origin}/as`, token_endpoint: `${origin}/token` },
    }));
    const context = recordingContext({}, gateway);
    const provider = providerFor({ client_secret: "s" }, context);
    const challenge = `Bearer error="invalid_token", resource_metadata="${server.origin}/resource"`;
    return { server, provider, challenge };
  }

  it("is asked without a token first; its refusal leads to one for this gateway", async () => {
    const { server, provider, challenge } = await told("http://127.0.0.1:8080/mcp");
    const first = draftFor("dial", undefined, undefined, gateway);
    await provider.authenticate(first);
    expect([first.bearer, server.asked.length]).toEqual([undefined, 0]);
    const second = draftFor("rejected", undefined, challenge, gateway);
    await provider.authenticate(second);
    expect(second.bearer?.reveal()).toMatch(/^token-/);
    expect(server.asked.at(-1)?.parameters.get("resource")).toBe("http://127.0.0.1:8080/mcp");
    // Another connection went out without a token as well: what it lacked is there by now.
    const other = draftFor("rejected", undefined, challenge, gateway);
    await provider.authenticate(other);
    expect(other.bearer?.reveal()).toBe(second.bearer?.reveal());
    // Later refusals need not tell it again.
    const third = draftFor("rejected", second.bearer?.reveal(), 'Bearer error="invalid_token"', gateway);
    await provider.authenticate(third);
    expect(third.bearer?.reveal()).not.toBe(second.bearer?.reveal());
    expect(pathsOf(server)).toEqual(["/resource", "/.well-known/oauth-authorization-server/as", "/token", "/token"]);
  });

  it.each([
    ["is no refusal of that kind", undefined, "does not tell who gives tokens"],
    ["names no resource metadata", 'Bearer realm="x"', "does not tell who gives tokens"],
    ["leads to a metadata service", 'Bearer resource_metadata="http://169.254.169.254/latest"', "not asked"],
    ["leads into the network", 'Bearer resource_metadata="http://10.0.0.1/"', "not asked"],
  ])("but whose answer %s is told apart", async (_what, challenge, says) => {
    const { provider } = await told("http://127.0.0.1:8080/mcp");
    const error = await failureOf(() => provider.authenticate(draftFor("rejected", undefined, challenge, gateway)));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain(says);
    expect(error.hint).toContain("auth.token_endpoint");
  });

  it.each([
    ["another host", "https://other.example.com/mcp"],
    ["another path", "http://127.0.0.1:8080/mc"],
    ["no resource", 7],
  ])("but speaks of %s gets no token for it", async (_what, resource) => {
    const { server, provider, challenge } = await told(resource);
    const draft = draftFor("rejected", undefined, challenge, gateway);
    expect((await failureOf(() => provider.authenticate(draft))).hint).toContain("auth.issuer");
    expect(pathsOf(server)).toEqual(["/resource"]);
  });

  it.each([
    ["without TLS", "ws://gateway.example.com/mcp", true, undefined, "without TLS"],
    ["with a certificate that nobody checks", "wss://gateway.example.com/mcp", false, undefined, "tls.verify"],
    ["with a pinned key", "wss://gateway.example.com/mcp", false, ["sha256/x"], "not asked"],
  ])("is believed only when it surely is the gateway that told: %s", async (_what, url, verify, pins, says) => {
    const { server, challenge } = await told("unused");
    const tls = { ...endpoint.tls, verify, ...(pins === undefined ? {} : { pins }) };
    const anybody = { ...endpoint, url: new URL(url), name: "the gateway", tls };
    const provider = providerFor({ client_secret: "s" }, recordingContext({}, anybody));
    const draft = draftFor("rejected", undefined, challenge, anybody);
    expect((await failureOf(() => provider.authenticate(draft))).message).toContain(says);
    expect(pathsOf(server)).toEqual([]);
  });

  it("but tells servers that must not be asked gets no secret", async () => {
    const { server, provider, challenge } = await told("ws://127.0.0.1:8080", () => ({
      authorization_servers: ["https://169.254.169.254"],
    }));
    const draft = draftFor("rejected", undefined, challenge, gateway);
    expect((await failureOf(() => provider.authenticate(draft))).message).toContain("not asked");
    expect(pathsOf(server)).toEqual(["/resource"]);
  });
});
