import { expect, it } from "vitest";
import { hostAndPort, hostOf, portOf } from "./host-and-port.ts";

it.each([
  ["ws://example.com/mcp", "example.com:80", "example.com"],
  ["wss://example.com", "example.com:443", "example.com"],
  ["https://example.com:8443", "example.com:8443", "example.com"],
  ["tcp://example.com:9443", "example.com:9443", "example.com"],
  ["tcps://EXAMPLE.com:9443", "EXAMPLE.com:9443", "example.com"],
  ["tcps://b%C3%BCcher.example:1", "b%C3%BCcher.example:1", "xn--bcher-kva.example"],
  ["tcp://[::1]:9443", "[::1]:9443", "::1"],
  ["wss://[::1]", "[::1]:443", "::1"],
  ["tcp+tls://127.0.0.1:9443", "127.0.0.1:9443", "127.0.0.1"],
  ["tcp://example.com", "example.com", "example.com"],
])("the host and port of %s", (url, name, host) => {
  expect(hostAndPort(new URL(url))).toBe(name);
  expect(hostOf(new URL(url))).toBe(host);
});

it("a scheme that has no port of its own gives none", () => {
  expect(portOf(new URL("tcp://example.com"))).toBeUndefined();
  expect(portOf(new URL("wss://example.com"))).toBe(443);
});
