import { describe, expect, it } from "vitest";

import { Redactor } from "./redactor.ts";

const SECRET = 'tök"en/+?&secret';

function withSecret(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

describe("Redactor", () => {
  it("replaces a secret in plain, JSON and URL text", () => {
    const redactor = withSecret(SECRET);
    expect(redactor.redact(`a ${SECRET} b`)).toBe("a [redacted] b");
    expect(redactor.redact(JSON.stringify({ token: SECRET }))).toBe('{"token":"[redacted]"}');
    expect(redactor.redact(`?t=${encodeURIComponent(SECRET)}&x`)).toBe("?t=[redacted]&x");
  });

  it.each(["", "u", "us", "user:", "x".repeat(50)])("replaces a secret in base64 behind %j", (before) => {
    const redactor = withSecret(SECRET);
    for (const encoding of ["base64", "base64url"] as const) {
      const text = Buffer.from(`${before}${SECRET} and more`).toString(encoding);
      const redacted = redactor.redact(text);
      expect(redacted).toContain("[redacted]");
      // At most the characters that mix bits of the secret with those of its neighbours are left.
      const rest = redacted.replace("[redacted]", "");
      expect(rest.length).toBeLessThanOrEqual(text.length - Math.floor((Buffer.byteLength(SECRET) * 8) / 6) + 2);
    }
  });

  it("replaces a secret in a form, where a space is a plus", () => {
    const secret = "pass phrase (of) it's own*";
    const form = new URLSearchParams({ client_secret: secret }).toString();
    expect(withSecret(secret).redact(`${form}&x=1`)).toBe("client_secret=[redacted]&x=1");
  });

  it("leaves no rest of a secret that contains another one", () => {
    expect(withSecret("password", "password-of-root").redact("password-of-root")).toBe("[redacted]");
  });

  it("leaves texts of fewer than 8 characters alone", () => {
    expect(withSecret("on").redact("connection")).toBe("connection");
  });
});
