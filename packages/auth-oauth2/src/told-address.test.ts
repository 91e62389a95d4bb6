import type { ProxyDecision } from "@mcp-router/core/plugin";
import { describe, expect, it } from "vitest";
import { kindOf } from "./address-kinds.ts";
import { failureOf } from "./fixtures/failure-of.ts";
import { ToldAddresses } from "./told-address.ts";

const DIRECT: ProxyDecision = { proxy: undefined, because: "no proxy is set" };

const NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ["gateway.example.com", ["198.41.0.4"]],
  ["gateway.internal", ["10.0.0.7"]],
  ["auth.example.com", ["198.41.0.5"]],
  ["auth6.example.com", ["2606:4700::1"]],
  ["auth.internal", ["10.0.0.8"]],
  ["localhost", ["127.0.0.1", "::1"]],
  ["rebound.example.com", ["198.41.0.6", "127.0.0.1"]],
  ["metadata.example.com", ["169.254.169.254"]],
]);

function told(teller: string, proxy?: ProxyDecision): ToldAddresses {
  return new ToldAddresses({
    teller: new URL(teller),
    name: "The gateway",
    proxyFor: () => proxy ?? DIRECT,
    resolve: async (name) => NAMES.get(name) ?? [],
  });
}

describe("an address", () => {
  it.each([
    ["127.0.0.1", "loopback"],
    ["::1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["::ffff:7f00:1", "loopback"],
    ["10.1.2.3", "private"],
    ["::ffff:192.168.0.1", "private"],
    ["172.31.255.255", "private"],
    ["100.64.0.1", "private"],
    ["fd00::1", "private"],
    ["169.254.169.254", "forbidden"],
    ["::ffff:169.254.169.254", "forbidden"],
    ["64:ff9b::a9fe:a9fe", "forbidden"],
    ["2002:a9fe:a9fe::1", "forbidden"],
    ["0.0.0.0", "forbidden"],
    ["::", "forbidden"],
    ["::7f00:1", "forbidden"],
    ["fe80::1", "forbidden"],
    ["255.255.255.255", "forbidden"],
    ["224.0.0.1", "forbidden"],
    ["no address", "forbidden"],
    ["172.32.0.1", "public"],
    ["8.8.8.8", "public"],
    ["2606:4700::1", "public"],
  ])("%s is %s", (address, kind) => {
    expect(kindOf(address)).toBe(kind);
  });
});

it("of this machine may be told by who is here by name or number, not by whose name leads here just now", async () => {
  const rebinding = new ToldAddresses({
    teller: new URL("wss://rebinding.example.com/mcp"),
    name: "The gateway",
    proxyFor: () => DIRECT,
    // The name was a public address when the gateway was dialled.
    resolve: async () => ["127.0.0.1"],
  });
  for (const address of ["http://127.0.0.1:2375/containers", "https://localhost/"]) {
    expect(await failureOf(() => rebinding.route(new URL(address)))).toMatchObject({ reason: "credential" });
  }
});

describe("what a public gateway tells", () => {
  it.each([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f.1/",
    "https://127.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::]/",
    "https://0/",
    "https://169.254.169.254/latest/meta-data",
    "https://metadata.example.com/",
    "https://10.0.0.1/",
    "https://[fd00:ec2::254]/",
    "https://localhost/",
    "https://auth.internal/",
    "https://rebound.example.com/",
    "https://unknown.example.com/",
    "https://user:secret-canary@auth.example.com/",
    "http://auth.example.com/",
    "http://127.0.0.1/",
    "ftp://auth.example.com/",
    "file:///etc/passwd",
  ])("is not asked when it is %s", async (address) => {
    const error = await failureOf(() => told("wss://gateway.example.com/mcp").route(new URL(address)));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.hint).toContain("auth.token_endpoint");
    expect(error.message).not.toContain("canary");
  });

  it.each([
    [
      "https://auth.example.com:8443/token?a=1",
      "https://198.41.0.5:8443/token?a=1",
      "auth.example.com:8443",
      "auth.example.com",
    ],
    ["https://auth6.example.com/token", "https://[2606:4700::1]/token", "auth6.example.com", "auth6.example.com"],
    ["https://198.41.0.9/token", "https://198.41.0.9/token", "198.41.0.9", undefined],
  ])("is asked at the address that was judged: %s", async (address, to, host, serverName) => {
    const route = await told("wss://gateway.example.com/mcp").route(new URL(address));
    expect([route.to.href, route.host, route.serverName]).toEqual([to, host, serverName]);
  });

  it("is looked up by the proxy where there is one", async () => {
    const proxy = { url: new URL("http://proxy.internal:3128"), authorization: undefined };
    const decision: ProxyDecision = { proxy, because: "HTTPS_PROXY" };
    const addresses = told("wss://gateway.example.com/mcp", decision);
    expect((await addresses.route(new URL("https://unknown.example.com/token"))).to.hostname).toBe(
      "unknown.example.com",
    );
    await failureOf(() => addresses.route(new URL("https://127.0.0.1/token")));
  });
});

describe("what a gateway of a private network tells", () => {
  it("may be in that network, but not on this machine", async () => {
    const addresses = told("wss://gateway.internal/mcp");
    expect((await addresses.route(new URL("https://auth.internal/"))).to.hostname).toBe("10.0.0.8");
    await addresses.route(new URL("https://auth.example.com/"));
    for (const address of ["https://localhost/", "http://auth.internal/", "https://169.254.169.254/"]) {
      await failureOf(() => addresses.route(new URL(address)));
    }
  });
});

describe("what a gateway on this machine tells", () => {
  it.each(["ws://127.0.0.1:8080/mcp", "ws://localhost:8080/mcp", "tcp://127.0.0.1:9000"])(
    "may be on this machine and without TLS: %s",
    async (gateway) => {
      const addresses = told(gateway);
      const { to, host } = await addresses.route(new URL("http://localhost:3000/token"));
      expect([to.href, host]).toEqual(["http://127.0.0.1:3000/token", "localhost:3000"]);
      for (const address of ["http://auth.example.com/", "http://rebound.example.com/", "https://169.254.169.254/"]) {
        await failureOf(() => addresses.route(new URL(address)));
      }
    },
  );
});
