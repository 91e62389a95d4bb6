import { mkdirSync, copyFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { startFaultProxy, webSocketFrames } from "@mcp-router/testkit";
import { expect, it } from "vitest";

import { clientCertificate, CLIENT_AUTHORITY } from "./support/client-certificates.ts";
import { expectAlive } from "./support/expect-alive.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { untilTestEnds } from "./support/scope.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";
import { startTestGateway } from "./support/test-gateway.ts";
import { NEXT_AUTHORITY, NEXT_IDENTITY, TEST_AUTHORITY, TEST_IDENTITY } from "./support/test-identity.ts";
import { startTokenEndpoint } from "./support/token-endpoint.ts";
import { startTlsFront } from "./support/tls-front.ts";

const KIBIBYTE = 1024;

/** A client whose router has a configuration in the words of the integration guide. */
async function startClient(text: string, env: { readonly [name: string]: string } = {}): Promise<ParanoidClient> {
  const command = ["--config", "mcp-router.yaml"];
  const client = new ParanoidClient(await spawnRouter({ command, files: { "mcp-router.yaml": text }, env }));
  expect((await client.initialize()).result).toMatchObject({ serverInfo: { name: "test-server" } });
  return client;
}

it.each(["ws", "tcp"] as const)("the guide's mTLS works as it is written, over %s", async (transport) => {
  const tls = { ...TEST_IDENTITY, ca: CLIENT_AUTHORITY };
  const { url } = await startTestGateway({}, { transport, tls });
  const client = await startClient(`
gateway:
  url: "${url}"
  auth:
    type: mtls
    client_cert: ${clientCertificate("client-2.pem")}
    client_key: ${clientCertificate("client-2.pem")}
  tls:
    ca_cert_path: ${TEST_AUTHORITY}
    verify: true
`);
  await expectAlive(client);
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});

/** A volume as Kubernetes projects it: files are links into `..data`, itself a link to a folder that is swapped as a whole. */
async function projectedVolume(authority: string): Promise<{ readonly file: string; swap(authority: string): void }> {
  const volume = await temporaryDirectory();
  let version = 0;
  const swap = (next: string): void => {
    const folder = `..2026_01_0${++version}`;
    mkdirSync(join(volume, folder));
    copyFileSync(next, join(volume, folder, "ca.crt"));
    symlinkSync(folder, join(volume, "..data_tmp"));
    renameSync(join(volume, "..data_tmp"), join(volume, "..data"));
  };
  swap(authority);
  symlinkSync(join("..data", "ca.crt"), join(volume, "ca.crt"));
  return { file: join(volume, "ca.crt"), swap };
}

it("the guide's Kubernetes gateway works, and goes on when its authority is replaced under the router", async () => {
  const test = await startTestGateway({}, { path: "/" });
  const front = await startTlsFront(test.url, TEST_IDENTITY);
  const volume = await projectedVolume(TEST_AUTHORITY);
  const client = await startClient(`
gateway:
  url: "${front.url.replace(/\/$/, "")}"
  tls:
    verify: true
    ca_cert_path: ${volume.file}
`);
  await expectAlive(client);
  front.replace(NEXT_IDENTITY);
  volume.swap(NEXT_AUTHORITY);
  front.cut();
  await expectAlive(client);
  expect(front.clients).toHaveLength(2);
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  // The authority that is gone is trusted no more.
  const late = new ParanoidClient(
    await spawnRouter({ url: front.url, config: { gateway: { tls: { ca_cert_path: TEST_AUTHORITY } } } }),
  );
  expect((await late.initialize()).error?.message).toContain("not trusted here");
  await late.finish();
});

/** API Gateway of AWS: frames of 32 KiB, messages of 128 KiB, a path of its own, and connections that do not last. */
async function startApiGateway(token: string) {
  const test = await startTestGateway({}, { path: "/prod", token, maxMessageBytes: 128 * KIBIBYTE });
  const target = { host: "127.0.0.1", port: test.gateway.port };
  const frames = await startFaultProxy({ target, frames: webSocketFrames() });
  untilTestEnds(() => frames.close());
  const tooLong = frames.onFrame({
    stream: "upstream",
    matches: ({ payload }) => payload.length > 32 * KIBIBYTE,
    do: "cut_before",
    times: Number.POSITIVE_INFINITY,
  });
  const long: number[] = [];
  frames.on("frame", ({ stream, frame }) => {
    if (stream === "upstream" && frame.payload.length > KIBIBYTE) long.push(frame.payload.length);
  });
  const front = await startTlsFront(frames.url(test.url), TEST_IDENTITY);
  return { test, front, tooLong: tooLong.struck, long };
}

function awsConfiguration(url: string): string {
  return `
gateway:
  url: "${url}"
  connection:
    max_frame_bytes: 32768
  auth:
    type: bearer
    token_env: AWS_API_KEY
  tls:
    ca_cert_path: ${TEST_AUTHORITY}
`;
}

it("the guide's AWS gateway gets long messages in short frames, and one over its limit costs no more than itself", async () => {
  const api = await startApiGateway("token-of-aws");
  const client = await startClient(awsConfiguration(api.front.url), { AWS_API_KEY: "token-of-aws" });
  const text = "x".repeat(100 * KIBIBYTE);
  expect((await client.request("tools/call", { name: "pay", nonce: 1, text })).result).toMatchObject({ nonce: 1 });
  expect(api.long.slice(0, 3)).toEqual([32 * KIBIBYTE, 32 * KIBIBYTE, 32 * KIBIBYTE]);
  expect(api.long).toHaveLength(4);
  const { error } = await client.request("tools/call", { name: "pay", text: "x".repeat(200 * KIBIBYTE) });
  expect(error?.message).toContain("1009");
  expect(error?.data["hint"]).toContain("too large");
  await expectAlive(client);
  expect(api.tooLong).toEqual([]);
  expect(api.test.count("tools/call")).toBe(1);
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});

it("the guide's AWS gateway ends connections after a while, and no read fails", async () => {
  const api = await startApiGateway("token-of-aws");
  const { gateway } = api.test;
  gateway.on("sessionOpened", () => {
    // Two hours there; one second here.
    const end = setTimeout(() => gateway.dropConnections({ code: 1001, reason: "Going away" }), 1000);
    untilTestEnds(() => clearTimeout(end));
  });
  const client = await startClient(awsConfiguration(api.front.url), { AWS_API_KEY: "token-of-aws" });
  let reads = 0;
  while (api.test.connections < 4) {
    expect((await client.request("tools/list", { nonce: ++reads })).result).toMatchObject({ nonce: reads });
  }
  expect(reads).toBeGreaterThan(4);
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});

it("the guide's Azure gateway works, with a token of its sign-in service", async () => {
  const token = "token-of-the-azure-sign-in";
  const test = await startTestGateway({}, { path: "/", tls: TEST_IDENTITY, token });
  const signIn = await startTokenEndpoint(
    () => ({ body: { access_token: token, token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599 } }),
    { tls: TEST_IDENTITY },
  );
  const client = await startClient(
    `
gateway:
  url: "${test.url.replace(/\/$/, "")}"
  tls:
    ca_cert_path: ${TEST_AUTHORITY}
  auth:
    type: oauth2
    client_id: "azure-app-id"
    client_secret_env: AZURE_CLIENT_SECRET
    token_endpoint: "${signIn.url}"
`,
    { AZURE_CLIENT_SECRET: "canary-of-azure" },
  );
  await expectAlive(client);
  expect(signIn.asked.map((parameters) => parameters.get("grant_type"))).toEqual(["client_credentials"]);
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  expect(client.router.stderr).not.toContain("canary");
});
