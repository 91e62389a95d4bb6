import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { createProxyRules } from "./proxy-rules.ts";

function decide(url: string, env: { readonly [name: string]: string } = {}, written?: string) {
  const secrets: string[] = [];
  const { proxy, because } = createProxyRules({ written, env, redact: (text) => void secrets.push(text) })(
    new URL(url),
  );
  return { proxy: proxy?.url.href, authorization: proxy?.authorization?.reveal(), because, secrets };
}

const PROXY = "http://proxy.corp:3128";
const THROUGH = { proxy: "http://proxy.corp:3128/", authorization: undefined, secrets: [] };
const DIRECT = { proxy: undefined, authorization: undefined, secrets: [] };

it("is refused, and not shown, when its password holds a percent sign that is not encoded", () => {
  for (const [env, written] of [
    [{ HTTPS_PROXY: "http://user:canary%@proxy.corp:3128" }, undefined],
    [{}, "http://user:100%canary@proxy.corp:3128"],
  ] as const) {
    let error: unknown;
    try {
      decide("wss://gateway.example.com", env, written);
    } catch (cause) {
      error = cause;
    }
    expect(error).toMatchObject({ reason: "proxy", permanent: true });
    expect(String(error)).toMatch(/percent/);
    expect(String(error)).not.toContain("canary");
  }
});

describe("the proxy of a connection", () => {
  it.each<[string, { readonly [name: string]: string }, string]>([
    ["wss://gateway.example.com", { HTTPS_PROXY: PROXY }, "HTTPS_PROXY"],
    ["wss://gateway.example.com", { https_proxy: PROXY, HTTPS_PROXY: "http://other:1" }, "https_proxy"],
    ["tcps://gateway.example.com:9443", { HTTPS_PROXY: PROXY }, "HTTPS_PROXY"],
    ["https://auth.example.com/token", { ALL_PROXY: PROXY }, "ALL_PROXY"],
    ["ws://gateway.example.com", { HTTP_PROXY: PROXY, HTTPS_PROXY: "http://other:1" }, "HTTP_PROXY"],
    ["tcp://gateway.example.com:9000", { all_proxy: PROXY }, "all_proxy"],
    ["wss://gateway.example.com", { HTTPS_PROXY: "proxy.corp:3128" }, "HTTPS_PROXY"],
    ["wss://gateway.example.com", { HTTPS_PROXY: PROXY, NO_PROXY: "other.example.com, .corp" }, "HTTPS_PROXY"],
  ])("of %s with %j is that of %s", (url, env, because) => {
    expect(decide(url, env)).toEqual({ ...THROUGH, because: env[because] === undefined ? "" : because });
  });

  it.each<[string, string, string]>([
    ["wss://gateway.example.com", "*", "NO_PROXY (*)"],
    ["wss://gateway.example.com", "example.com", "NO_PROXY (example.com)"],
    ["wss://gateway.example.com", "a.b .example.com", "NO_PROXY (.example.com)"],
    ["wss://gateway.example.com", "*.Example.com", "NO_PROXY (*.Example.com)"],
    ["wss://gateway.example.com", "gateway.example.com:443", "NO_PROXY (gateway.example.com:443)"],
    ["wss://gateway.example.com:8443", "gateway.example.com:443", "HTTPS_PROXY"],
    ["wss://gateway.example.com", "ateway.example.com", "HTTPS_PROXY"],
    ["wss://10.1.2.3:8443", "10.0.0.0/8", "NO_PROXY (10.0.0.0/8)"],
    ["wss://10.1.2.3:8443", "10.1.2.3:8443", "NO_PROXY (10.1.2.3:8443)"],
    ["wss://11.1.2.3", "10.0.0.0/8,nonsense/8,10.0.0.0/99,10.0.0.0/", "HTTPS_PROXY"],
    ["wss://[fd00::7]", "fd00::/8", "NO_PROXY (fd00::/8)"],
    ["wss://[fd00::7]:8443", "[fd00::7]:8443", "NO_PROXY ([fd00::7]:8443)"],
    ["wss://gateway.example.com", "10.0.0.0/8", "HTTPS_PROXY"],
  ])("of %s with NO_PROXY %j is decided by %s", (url, list, because) => {
    const expected = because === "HTTPS_PROXY" ? THROUGH : DIRECT;
    expect(decide(url, { HTTPS_PROXY: PROXY, NO_PROXY: list })).toEqual({ ...expected, because });
  });

  it.each(["wss://localhost:1", "ws://127.0.0.1:1", "ws://127.9.9.9:1", "ws://[::1]:1", "https://a.localhost"])(
    "is none for this machine itself: %s",
    (url) => {
      const env = { HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, ALL_PROXY: PROXY };
      expect(decide(url, env)).toEqual({ ...DIRECT, because: "the host is this machine" });
    },
  );

  it("is that of gateway.proxy, whatever the environment says, or none", () => {
    const env = { HTTPS_PROXY: "http://other:1", NO_PROXY: "*" };
    expect(decide("wss://localhost", env, PROXY)).toEqual({ ...THROUGH, because: "gateway.proxy" });
    expect(decide("wss://gateway", env, "direct")).toEqual({ ...DIRECT, because: "gateway.proxy is direct" });
    expect(decide("wss://gateway")).toEqual({ ...DIRECT, because: "no proxy is set" });
  });

  it("has its password taken out of the address, and out of every log", () => {
    expect(decide("wss://gateway", {}, "http://me:p%40ss-word@proxy.corp:3128")).toEqual({
      proxy: "http://proxy.corp:3128/",
      authorization: `Basic ${Buffer.from("me:p@ss-word").toString("base64")}`,
      because: "gateway.proxy",
      secrets: ["p%40ss-word", "p@ss-word", Buffer.from("me:p@ss-word").toString("base64")],
    });
  });

  it.each(["socks5://canary@proxy:1080", "http://", "http://ca nary@x y"])(
    "that is none the router can use is an error which does not show it: %s",
    (text) => {
      let found: unknown;
      try {
        decide("wss://gateway", { ALL_PROXY: text });
      } catch (cause) {
        found = cause;
      }
      if (!DialError.is(found)) throw new Error("no DialError");
      expect(found).toMatchObject({ reason: "proxy", permanent: true, hint: "Write http://HOST:PORT into ALL_PROXY." });
      expect(found.message).not.toContain("nary");
    },
  );
});
