import { describe, expect, it } from "vitest";

import { positionFinder } from "./position-finder.ts";

const YAML = `# comment
base: &base
  a: 1
gateway:
  url: x
  "odd/key~": 2
  endpoints:
    - url: first
    - {url: second}
  <<: *base
other: *base
`;

describe("positionFinder", () => {
  it.each([
    ["/gateway", 4, 1],
    ["/gateway/url", 5, 3],
    ["/gateway/odd~1key~0", 6, 3],
    ["/gateway/endpoints/0", 8, 7],
    ["/gateway/endpoints/1/url", 9, 8],
    ["/other/a", 3, 3],
  ])("finds %s", async (pointer, line, column) => {
    expect(await positionFinder(YAML)(pointer)).toEqual({ line, column });
  });

  it("finds the nearest value around one that is not there", async () => {
    expect(await positionFinder(YAML)("/gateway/tls/verify")).toEqual({ line: 4, column: 1 });
    expect(await positionFinder(YAML)("/nowhere")).toBeUndefined();
  });

  it("finds values below a prefix in JSON", async () => {
    const text = '{\n  "name": "p",\n  "mcp-router": {\n    "gateway": {}\n  }\n}';
    expect(await positionFinder(text, "/mcp-router")("/gateway")).toEqual({ line: 4, column: 5 });
  });
});
