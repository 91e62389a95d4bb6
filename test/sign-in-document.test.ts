import { createHash, X509Certificate } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { startConnectProxy } from "./support/connect-proxy.ts";
import { documentedCode } from "./support/documented-code.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";
import { TEST_AUTHORITY, TEST_IDENTITY } from "./support/test-identity.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const example = (containing: string): string => documentedCode("docs/sign-in.md", "yaml", containing);

/** Puts the addresses of this machine into an example, and makes a session with it. */
async function serve(text: string, env: { readonly [name: string]: string } = {}): Promise<void> {
  const router = await spawnRouter({
    command: ["--config", "mcp-router.yaml"],
    files: { "mcp-router.yaml": text },
    env: { MCP_GATEWAY_TLS_CA_CERT_PATH: TEST_AUTHORITY, ...env },
  });
  const client = new ParanoidClient(router);
  expect((await client.initialize()).error).toBeUndefined();
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
}

function withAddress(text: string, url: string): string {
  return text.replace(/"(wss|tcps):[^"]*"/, JSON.stringify(url));
}

it("the token of docs/sign-in.md comes from its program", async () => {
  const bin = await temporaryDirectory();
  const program = join(bin, "corp-login");
  writeFileSync(program, '#!/bin/sh\n[ "$*" = "token --audience mcp" ] && echo token-of-the-program\n');
  chmodSync(program, 0o700);
  const { url } = await startTestGateway({}, { tls: TEST_IDENTITY, token: "token-of-the-program" });
  await serve(withAddress(example("token_command"), url), { PATH: `${bin}:${process.env["PATH"] ?? ""}` });
});

it("the certificate of docs/sign-in.md is pinned", async () => {
  const key = new X509Certificate(TEST_IDENTITY.cert).publicKey.export({ type: "spki", format: "der" });
  const pin = createHash("sha256").update(key).digest("base64");
  const { url } = await startTestGateway({}, { transport: "tcp", tls: TEST_IDENTITY });
  const text = withAddress(example("pins:"), url).replace("/etc/mcp/ca.crt", TEST_AUTHORITY);
  await serve(text.replace(/sha256\/A+=/, `sha256/${pin}`));
  const router = await spawnRouter({
    command: ["--config", "mcp-router.yaml"],
    files: { "mcp-router.yaml": text },
  });
  const client = new ParanoidClient(router);
  const { error } = await client.initialize();
  expect(error?.data["hint"]).toContain("gateway.tls.pins");
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});

it("the proxy of docs/sign-in.md is gone through", async () => {
  const { gateway, url } = await startTestGateway({}, { tls: TEST_IDENTITY });
  const proxy = await startConnectProxy({ to: gateway.port });
  const text = withAddress(example("proxy:"), url).replace(/http:\/\/proxy[^"]*/, `http://127.0.0.1:${proxy.port}`);
  await serve(text);
  expect(proxy.heads).toHaveLength(1);
});
