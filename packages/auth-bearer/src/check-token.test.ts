import { describe, expect, it } from "vitest";
import { checkToken, MAX_TOKEN_BYTES } from "./check-token.ts";
import { failureOf } from "./fixtures/failure-of.ts";

const noWarning = (message: string): void => {
  throw new Error(message);
};

describe("a token", () => {
  it.each(["abc", "a-._~+/9==", "eyJhbGciOi.eyJzdWIi.c2ln", "1|laravel:style", "x".repeat(MAX_TOKEN_BYTES)])(
    "of bearer characters passes unchanged",
    (token) => {
      expect(checkToken(token, "the test", noWarning)).toBe(token);
    },
  );

  it.each([
    ["secret\r\nX-Evil: 1", "character 7 is a line break"],
    ["secret\nmore", "character 7 is a line break"],
    ["sec ret", "character 4 is a space"],
    ['"secret"', "character 1 is a quotation mark"],
    ["secret\u0000", "character 7 is U+0000"],
    ["secretü", "character 7 is U+00FC"],
    ["secret😀", "character 7 is U+1F600"],
  ])("with a character that no bearer token holds is refused without being shown: %j", async (token, says) => {
    const error = await failureOf(() => checkToken(token, "the test", noWarning));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(error.message).toContain(says);
    expect(`${error.message} ${error.hint} ${error.stack}`).not.toContain("secret");
  });

  it("is refused when it is empty or too long", async () => {
    expect((await failureOf(() => checkToken("", "the test", noWarning))).message).toContain("empty");
    const long = await failureOf(() => checkToken("x".repeat(MAX_TOKEN_BYTES + 1), "the test", noWarning));
    expect(long.message).toContain("longer than 16384 bytes");
  });

  it.each(["Bearer abc", "bearer  abc"])("loses a scheme word in front of it, with a warning: %s", (text) => {
    const warnings: string[] = [];
    expect(checkToken(text, "the test", (message) => warnings.push(message))).toBe("abc");
    expect(warnings).toEqual([expect.stringContaining("“Bearer”")]);
    expect(warnings.join()).not.toContain("abc");
  });
});
