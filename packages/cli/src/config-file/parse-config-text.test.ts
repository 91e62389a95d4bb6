import { describe, expect, it } from "vitest";

import { ConfigFileError } from "./config-file-error.ts";
import { parseJsonText, parseYamlText } from "./parse-config-text.ts";

describe("parseYamlText", () => {
  it("reads YAML 1.2: dates, times and the words of 1.1 stay texts", async () => {
    const text = "date: 2024-01-15\nanswer: no\ntime: 12:30\noctal: 0o17\nnumber: 1e3\n";
    expect(await parseYamlText("f", text)).toEqual({
      date: "2024-01-15",
      answer: "no",
      time: "12:30",
      octal: 15,
      number: 1000,
    });
  });

  it("knows aliases and <<", async () => {
    const text = "base: &base {a: 1, b: 2}\nother:\n  <<: *base\n  b: 3\n";
    expect(await parseYamlText("f", text)).toMatchObject({ other: { a: 1, b: 3 } });
  });

  it("refuses what could make objects of other kinds", async () => {
    await expect(parseYamlText("f", "a: !!js/function 'x'")).rejects.toThrow(ConfigFileError);
  });
});

describe("parseJsonText", () => {
  it("reads JSON, and says where it is none", () => {
    expect(parseJsonText("f", '{"a": [1]}')).toEqual({ a: [1] });
    expect(() => parseJsonText("f", '{\n"a": 1,\n}')).toThrow(
      'f:3:1: this is not valid JSON: expected a key in double quotes, found "}"',
    );
  });
});
