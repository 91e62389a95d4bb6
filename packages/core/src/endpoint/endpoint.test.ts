import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { authSlot, definePlugin } from "../plugin/define-plugin.ts";
import type { AuthContext } from "../plugin/auth-provider.ts";
import type { JsonObject } from "../plugin/json.ts";
import type { LinkOwner } from "../link/link-options.ts";
import { loadPlugins } from "../testing/load-plugins.ts";
import { pluginDirectory } from "../testing/plugin-directory.ts";
import { settle } from "../testing/settle.ts";
import { buildEndpoints } from "./build-endpoints.ts";
import { createGateway } from "./create-gateway.ts";

const CLIENT = readFileSync(new URL("../fixtures/client.pem", import.meta.url), "utf8");
const PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

async function endpointsOf(gateway: JsonObject, baseDirectory: string, env: { readonly [name: string]: string } = {}) {
  const { config } = await loadPlugins({ config: { gateway }, baseDirectory, env }).loading;
  return await buildEndpoints(config, env);
}

describe("endpoints", () => {
  it("are named without query and user information, with the configured limits", async () => {
    const built = await endpointsOf(
      {
        url: "test://gateway:81/mcp?tenant=1",
        connection: { timeout_ms: 7, keepalive_interval_ms: 15_001, max_message_bytes: 2000, max_frame_bytes: 100 },
        subprotocol: "mcp",
      },
      "/",
    );
    expect(built.map(({ endpoint, index }) => [endpoint.name, index])).toEqual([["test://gateway:81", 0]]);
    expect(built[0]?.endpoint.connection).toEqual({
      timeoutMs: 7,
      keepaliveIntervalMs: 15_001,
      maxMessageBytes: 2000,
      maxFrameBytes: 100,
      subprotocol: "mcp",
    });
    expect(built[0]?.endpoint.tls).toEqual({ verify: true, minVersion: "TLSv1.2" });
  });

  it("bring their certificates as text; a named authority is one more than the system's", async () => {
    const directory = pluginDirectory({
      "ca.pem": `${PEM}own`,
      "cert.pem": CLIENT,
      "key.pem": CLIENT,
      "extra.pem": `${PEM}extra`,
    });
    const tls = {
      ca_cert_path: "ca.pem",
      client_cert: "cert.pem",
      client_key: "key.pem",
      server_name: "gateway",
      min_version: "1.3",
      cipher_suites: ["TLS_AES_128_GCM_SHA256"],
    };
    const extra = { NODE_EXTRA_CA_CERTS: `${directory}/extra.pem` };
    const [added] = await endpointsOf({ url: "test://x", tls }, directory, extra);
    expect(added?.endpoint.tls).toMatchObject({
      cert: expect.stringMatching(/^-----BEGIN CERTIFICATE-----/),
      key: expect.stringMatching(/^-----BEGIN PRIVATE KEY-----/),
      serverName: "gateway",
      minVersion: "TLSv1.3",
    });
    expect(added?.endpoint.tls.ca?.slice(-2)).toEqual([`${PEM}extra`, `${PEM}own`]);
    expect(added?.endpoint.tls.ca?.length).toBeGreaterThan(10);
    const [only] = await endpointsOf({ url: "test://x", tls: { ...tls, ca_only: true } }, directory);
    expect(only?.endpoint.tls.ca).toEqual([`${PEM}own`]);
  });

  it("have what their own tls says, from where it says it, and the rest from gateway.tls", async () => {
    const directory = pluginDirectory({ "ca.pem": `${PEM}own`, "other.pem": `${PEM}other` });
    const built = await endpointsOf(
      {
        endpoints: [
          { url: "test://a", priority: 2 },
          { url: "test://b", priority: 1, tls: { ca_cert_path: "other.pem" } },
        ],
        tls: { ca_cert_path: "ca.pem", ca_only: true },
      },
      directory,
    );
    expect(built.map(({ endpoint, index }) => [endpoint.name, index, endpoint.tls.ca])).toEqual([
      ["test://b", 1, [`${PEM}other`]],
      ["test://a", 0, [`${PEM}own`]],
    ]);
    const broken = { endpoints: [{ url: "test://a", tls: { ca_cert_path: "gone.pem", ca_only: true } }] };
    await expect(endpointsOf(broken, directory)).rejects.toThrow(
      /gateway\.endpoints\[0\]\.tls\.ca_cert_path: .*gone\.pem cannot be used/,
    );
  });

  it.each([
    ["is not there", "gone.pem"],
    ["holds no PEM text", "text.pem"],
  ])("whose certificate %s are an error of the configuration", async (_what, path) => {
    const directory = pluginDirectory({ "text.pem": "hello" });
    await expect(endpointsOf({ url: "test://x", tls: { ca_cert_path: path } }, directory)).rejects.toThrow(
      new RegExp(`gateway\\.tls\\.ca_cert_path: .*${path} cannot be used`),
    );
  });
});

describe("a link made from a configuration", () => {
  const silent: LinkOwner = {
    opened: () => {},
    message: () => {},
    drain: () => {},
    lost: () => {},
    refused: () => {},
    credential: () => {},
    signal: () => {},
    ask: () => false,
    busy: false,
  };

  it("dials with the transport of its scheme, the credential of its auth type, and the plugins' part in it", async () => {
    const contexts: AuthContext[] = [];
    const secrets: string[] = [];
    let failing = false;
    const signIn = definePlugin({
      name: "sign-in",
      apiVersion: "^1.0",
      contributes: {
        auth: {
          card: authSlot({
            schema: { type: "object", properties: { type: { const: "card" }, pin: { type: "string" } } },
            create: ({ pin }, context) => {
              contexts.push(context);
              return {
                authenticate: (draft) => {
                  if (failing) throw new Error("card is blocked");
                  draft.bearer = context.secret(`${pin ?? ""}-${draft.reason}`);
                },
              };
            },
          }),
        },
      },
      apply: (host) => host.hooks.onAuth.tap((draft) => void draft.headers.set("x-team", "blue")),
    });
    const { loading, transport, clock, log } = loadPlugins({
      config: { gateway: { url: "test://gateway", auth: { type: "card", pin: "1234" } } },
      plugins: [signIn],
      baseDirectory: "/etc/router",
    });
    const { config, generation, health } = await loading;
    const [best] = await buildEndpoints(config, {});
    if (best === undefined) throw new Error("no endpoint");
    const abort = new AbortController();
    const redact = (text: string): void => void secrets.push(text);
    const context = { config, generation, health, clock, log, env: {}, redact, signal: abort.signal };
    const gateway = createGateway(best, context);
    contexts[0]?.changed();
    let changes = 0;
    gateway.onCredentialChanged(() => void changes++);
    const link = gateway.createLink(silent);
    transport.policy = "accept";
    link.start();
    await settle();
    expect(transport.dial.credential.bearer?.reveal()).toBe("1234-dial");
    expect([...transport.dial.credential.headers]).toEqual([["x-team", "blue"]]);
    expect(contexts[0]?.resolvePath("card.json")).toBe("/etc/router/card.json");
    contexts[0]?.changed();
    expect(changes).toBe(1);
    expect(secrets).toEqual(["1234-dial"]);
    failing = true;
    await expect(link.renewCredential("changed")).rejects.toThrow("card is blocked");
    link.stop("now");
  });

  it("needs plugins that were loaded for it", async () => {
    const { loading, clock, log } = loadPlugins();
    const { config, generation, health } = await loading;
    const [best] = await buildEndpoints(config, {});
    if (best === undefined) throw new Error("no endpoint");
    const { signal } = new AbortController();
    const context = { config, generation, health, clock, log, env: {}, redact: () => {}, signal };
    const endpoint = { ...best.endpoint, url: new URL("other://x") };
    expect(() => createGateway({ ...best, endpoint }, context)).toThrow("no loaded plugin opens other: connections");
  });
});
