import type { Endpoint } from "../plugin/endpoint.ts";

/** A gateway address with short, round times. */
export const TEST_ENDPOINT: Endpoint = Object.freeze({
  name: "ws://gateway.test",
  url: new URL("ws://gateway.test/mcp"),
  priority: 0,
  tls: { verify: true, minVersion: "TLSv1.2" },
  connection: { timeoutMs: 5000, keepaliveIntervalMs: 15_000, maxMessageBytes: 64 * 1024 * 1024, maxFrameBytes: 0 },
} as const);

/** That address, and further ones like it. */
export function endpointNumber(index: number): Endpoint {
  if (index === 0) return TEST_ENDPOINT;
  const name = `ws://gateway-${index + 1}.test`;
  return { ...TEST_ENDPOINT, name, url: new URL(`${name}/mcp`), priority: index };
}
