import { describe, expect, it } from "vitest";

import { jwt, secondsFromNow } from "./testing/jwt.ts";
import { identity, pemFile } from "./testing/pem.ts";
import { refusing, startProbeGateway } from "./testing/probe-gateway.ts";
import { CANARY, type ProbeCase, readProbe, runProbe } from "./testing/run-probe.ts";
import { freePort } from "./testing/servers.ts";

const OFFLINE = ["--offline"];
const NOWHERE = "wss://gateway.example/mcp";

/** A case whose token is a JWT with these claims. */
function withClaims(claims: object, more: Partial<ProbeCase> = {}): ProbeCase & { readonly token: string } {
  const token = jwt(claims);
  return { url: NOWHERE, words: OFFLINE, env: { CANARY_TOKEN: token }, token, ...more };
}

interface AuthFault {
  readonly name: string;
  readonly arrange: () => Promise<ProbeCase> | ProbeCase;
  readonly step: string;
  readonly code: string;
  readonly hint: RegExp;
}

const row = (name: string, step: string, code: string, hint: RegExp, arrange: AuthFault["arrange"]): AuthFault => ({
  name,
  step,
  code,
  hint,
  arrange,
});

const FAULTS: readonly AuthFault[] = [
  row("a variable without a token", "sign-in", "DIAL_CREDENTIAL", /export CANARY_TOKEN=/, () => ({
    url: NOWHERE,
    env: { CANARY_TOKEN: "" },
  })),
  row("a token file that is not there", "sign-in", "DIAL_CREDENTIAL", /a file that the router's user can read/, () => ({
    url: NOWHERE,
    auth: { type: "bearer", token_file: "nowhere.token" },
  })),
  row("an empty token file", "sign-in", "DIAL_CREDENTIAL", /Put the token there/, () => ({
    url: NOWHERE,
    auth: { type: "bearer", token_file: "empty.token" },
    files: { "empty.token": "" },
  })),
  row("a token with a line break in it", "sign-in", "DIAL_CREDENTIAL", /Copy the token again/, () => ({
    url: NOWHERE,
    env: { CANARY_TOKEN: `${CANARY}\n${CANARY}` },
  })),
  row("an expired token", "token", "TOKEN_EXPIRED", /Put a new token/, () => withClaims({ exp: secondsFromNow(-90) })),
  row("a token of the future", "token", "TOKEN_NOT_YET_VALID", /clock/, () => withClaims({ nbf: secondsFromNow(900) })),
  row("an expired client certificate", "certificate", "CERTIFICATE_EXPIRED", /Renew it/, () => ({
    url: NOWHERE,
    words: OFFLINE,
    gateway: { tls: { client_cert: pemFile("expired"), client_key: pemFile("expired") } },
  })),
  row("a client certificate of the future", "certificate", "CERTIFICATE_NOT_YET_VALID", /clock/, () => ({
    url: NOWHERE,
    words: OFFLINE,
    gateway: { tls: { client_cert: pemFile("not-yet-valid"), client_key: pemFile("not-yet-valid") } },
  })),
  row("a token that the gateway refuses", "acceptance", "DIAL_UNAUTHORIZED", /for this gateway/, async () => ({
    url: (await startProbeGateway({ token: "another-token-than-ours" })).url,
  })),
  row("a token that the gateway refuses in messages", "acceptance", "AUTH_FAILED", /token is valid/, async () => ({
    url: (await startProbeGateway({ transport: "tcp", token: "another-token-than-ours" })).url,
  })),
  row("no token where one is asked for", "acceptance", "DIAL_UNAUTHORIZED", /set gateway\.auth/, async () => ({
    url: (await startProbeGateway({ token: "another-token-than-ours" })).url,
    auth: null,
  })),
  row("a gateway that is not there", "acceptance", "DIAL_UNREACHABLE", /Start the gateway/, async () => ({
    url: `ws://127.0.0.1:${await freePort()}/mcp`,
  })),
];

describe("test-auth names the fault", () => {
  it.each(FAULTS)("$name: $step", async ({ arrange, step, code, hint }) => {
    const { exitCode, failed, report, stderr, stdout } = await readProbe("test-auth", await arrange());
    expect(failed).toMatchObject({ name: step, error: { code, hint: expect.stringMatching(hint) } });
    const after = report.steps.slice(report.steps.findIndex(({ status }) => status === "failed") + 1);
    expect(after.filter(({ status }) => status !== "skipped")).toEqual([]);
    expect(exitCode).toBe(1);
    expect(stderr).toBe("");
    expect(stdout).not.toContain(CANARY);
  });
});

describe("test-auth shows", () => {
  it("the claims of a JWT in words, and no part of the token", async () => {
    const issuedAt = secondsFromNow(-600);
    const { token, ...given } = withClaims({
      iss: "https://issuer.example",
      aud: ["https://gateway.example/mcp", "other"],
      sub: "service-7",
      scope: "mcp:tools mcp:read",
      iat: issuedAt,
      exp: issuedAt + 7_260,
    });
    const { exitCode, stderr, stdout, step } = await readProbe("test-auth", {
      ...given,
      words: ["--offline", "--log-level", "debug"],
    });
    expect(step("sign-in").facts).toMatchObject({ type: "bearer", token: "JWT", from: "token_env CANARY_TOKEN" });
    expect(step("token")).toMatchObject({
      status: "ok",
      facts: {
        form: "JWT",
        iss: "https://issuer.example",
        aud: "https://gateway.example/mcp other",
        sub: "service-7",
        scope: "mcp:tools mcp:read",
        expires: new Date((issuedAt + 7_260) * 1000).toISOString().replace(".000", ""),
        lifetime: "2 h 1 min",
        left: expect.stringMatching(/^1 h (50|51) min$/),
      },
    });
    for (const part of token.split(".")) expect(stdout + stderr).not.toContain(part);
    expect(exitCode).toBe(0);
  });

  it("of any other token its length and nothing else", async () => {
    const { step, stdout } = await readProbe("test-auth", { url: NOWHERE, words: OFFLINE });
    expect(step("token").facts).toEqual({ form: "opaque", characters: CANARY.length });
    for (const piece of [CANARY.slice(0, 8), CANARY.slice(-8)]) expect(stdout).not.toContain(piece);
  });

  it("a client certificate beside the token", async () => {
    const { exitCode, step } = await readProbe("test-auth", {
      url: NOWHERE,
      words: OFFLINE,
      gateway: { tls: { client_cert: pemFile("client"), client_key: pemFile("client") } },
    });
    expect(step("certificate")).toMatchObject({
      status: "ok",
      facts: { subject: expect.stringMatching(/^CN=/), issuer: expect.stringMatching(/^CN=/), expires: "2099-12-31" },
    });
    expect(step("sign-in").facts).toMatchObject({ client_certificate: true });
    expect(exitCode).toBe(0);
  });

  it.each([
    ["an end that is near", { exp: secondsFromNow(200) }, /expires in 3 min/],
    ["an issuer whose clock is ahead", { iat: secondsFromNow(600), exp: secondsFromNow(9_000) }, /clock/],
    ["another audience", { aud: "api://other", exp: secondsFromNow(9_000) }, /its audience is api:\/\/other/],
    ["no end", { sub: "x" }, /does not say when it expires/],
  ])("%s as a warning", async (_name, claims, note) => {
    const { exitCode, step } = await readProbe("test-auth", withClaims(claims));
    expect(step("token")).toMatchObject({ status: "warning", notes: [expect.stringMatching(note)] });
    expect(exitCode).toBe(0);
  });

  it("that a token would travel in plain text, as a warning", async () => {
    const { step } = await readProbe("test-auth", {
      url: "ws://gateway.example/mcp",
      words: OFFLINE,
      gateway: { tls: { allow_plaintext: true } },
    });
    expect(step("token")).toMatchObject({ status: "warning", notes: [expect.stringMatching(/plain text/)] });
  });
});

describe("test-auth asks", () => {
  it("the gateway, which accepts the token though the server behind it is not well", async () => {
    const { url } = await startProbeGateway({ token: CANARY }, { initialize: refusing(-32603, "broken") });
    const { exitCode, step } = await readProbe("test-auth", { url });
    expect(step("acceptance")).toMatchObject({ status: "ok", facts: { accepted: true } });
    expect(step("renewal")).toMatchObject({ status: "skipped", facts: { because: "nobody asked for it" } });
    expect(exitCode).toBe(0);
  });

  it("no gateway with --offline", async () => {
    const gateway = await startProbeGateway({ token: CANARY, tls: identity("server") });
    const { step } = await readProbe("test-auth", { url: gateway.url, words: OFFLINE });
    expect(step("acceptance")).toMatchObject({ status: "skipped" });
  });

  it("for another token with --renew, and says when there is none", async () => {
    const { exitCode, step, stdout } = await readProbe("test-auth", { url: NOWHERE, words: ["--offline", "--renew"] });
    expect(step("renewal")).toMatchObject({ status: "ok", facts: { token: "the same one" } });
    expect(step("rejection")).toMatchObject({
      status: "warning",
      facts: { token: "no other one" },
      notes: [expect.stringMatching(/there is no other.*CANARY_TOKEN/)],
    });
    expect(stdout).not.toContain(CANARY);
    expect(exitCode).toBe(0);
  });

  it("for another token with --renew, and takes the one that the sign-in gives", async () => {
    const plugin = `
      import { definePlugin } from "@mcp-router/core/plugin";
      let count = 0;
      export default definePlugin({
        name: "counting",
        apiVersion: "^1.0",
        contributes: { auth: { counting: { schema: { type: "object" }, create: (_options, { secret }) => ({
          authenticate: (draft) => {
            draft.bearer = secret("${CANARY}-number-" + ++count);
            draft.expiresAt = performance.now() + 3_600_500;
          },
        }) } } },
      });`;
    const { url } = await startProbeGateway({ token: `${CANARY}-number-3` });
    const { exitCode, step, stdout } = await readProbe("test-auth", {
      url,
      auth: { type: "counting" },
      files: { "counting.mjs": plugin },
      words: ["--renew", "--plugin", "./counting.mjs"],
    });
    expect(step("sign-in").facts).toMatchObject({ type: "counting", lasts: "1 h" });
    expect(step("renewal").facts).toEqual({ token: "another one", lasts: "1 h" });
    expect(step("rejection").facts).toEqual({ token: "another one", lasts: "1 h" });
    expect(step("acceptance")).toMatchObject({ status: "ok" });
    expect(stdout).not.toContain(CANARY);
    expect(exitCode).toBe(0);
  });
});

describe("the output of test-auth", () => {
  it("is a line for each step", async () => {
    const { url } = await startProbeGateway({ token: CANARY });
    const { exitCode, stderr, stdout } = await runProbe("test-auth", { url });
    expect(stdout).toMatch(/^✓ token +[\d.]+ ms {2}form opaque, characters \d+$/m);
    expect(stdout).toMatch(/^✓ acceptance +[\d.]+ ms {2}accepted$/m);
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/ is fine \([\d.]+ ms\)$/);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });
});
