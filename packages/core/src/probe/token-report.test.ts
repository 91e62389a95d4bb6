import { describe, expect, it } from "vitest";
import { reportToken } from "./token-report.ts";

const NOW = 1_800_000_000;
const context = { url: new URL("wss://gateway.example:8443/mcp"), audiences: [], now: NOW };
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt = (claims: unknown): string => `${encode({ alg: "none" })}.${encode(claims)}.c2lnbmF0dXJl`;
const report = (claims: unknown, audiences: readonly string[] = []) =>
  reportToken(jwt(claims), { ...context, audiences });

describe("the report of a token", () => {
  it("tells times, lifetime and scopes of a JWT", () => {
    const { facts, notes, fault, left } = report({
      iss: "https://issuer",
      sub: "me",
      scp: ["a", "b"],
      iat: NOW - 100,
      nbf: NOW - 100,
      exp: NOW + 3_500,
    });
    expect(facts).toEqual({
      form: "JWT",
      iss: "https://issuer",
      sub: "me",
      scope: "a b",
      issued: "2027-01-15T07:58:20Z",
      not_before: "2027-01-15T07:58:20Z",
      expires: "2027-01-15T08:58:20Z",
      lifetime: "1 h",
      left: "58 min 20 s",
    });
    expect({ notes, fault, left }).toEqual({ notes: [], fault: undefined, left: 3_500 });
  });

  it.each([
    ["the address", "https://gateway.example/other"],
    ["the host", "gateway.example"],
    ["the host and port", "gateway.example:8443"],
    ["what the configuration asks for", "api://mine"],
  ])("has no doubt about an audience that is %s", (_what, aud) => {
    expect(report({ aud, exp: NOW + 9_000 }, ["api://mine"]).notes).toEqual([]);
    expect(report({ aud: ["someone", aud], exp: NOW + 9_000 }, ["api://mine"]).notes).toEqual([]);
  });

  it("doubts an audience that is another host, however alike", () => {
    const { notes } = report({ aud: "https://gateway.example.evil", exp: NOW + 9_000 });
    expect(notes).toEqual([expect.stringMatching(/^its audience is https:\/\/gateway\.example\.evil/)]);
  });

  it("puts up with clocks that differ a little", () => {
    expect(report({ iat: NOW + 9, nbf: NOW + 9, exp: NOW + 9_000 })).toMatchObject({ notes: [], fault: undefined });
  });

  it.each([
    ["no dots", "opaque-token-of-some-kind", "opaque"],
    ["dots, but no JSON between them", "a.b.c", "opaque"],
    ["JSON that is no object", `${encode(1)}.${encode(2)}.x`, "opaque"],
    ["JSON that is null", `${encode(null)}.${encode(null)}.x`, "opaque"],
    ["five parts", "a.b.c.d.e", "encrypted JWT"],
  ])("tells only the length of a token with %s", (_what, token, form) => {
    expect(reportToken(token, context)).toEqual({
      facts: { form, characters: token.length },
      notes: [],
      fault: undefined,
      left: undefined,
    });
  });

  it("is not confused by claims of the wrong type", () => {
    const { facts } = report({ iss: 7, aud: {}, sub: null, scope: 1, iat: "soon", exp: 1e300, nbf: [] });
    expect(facts).toEqual({ form: "JWT" });
  });
});
