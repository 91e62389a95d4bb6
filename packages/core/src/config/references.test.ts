import { describe, expect, it } from "vitest";
import { expandReferences } from "./references.ts";

const files = new Map([
  ["/etc/mcp/token", "s3cret-token\n"],
  ["/run/ca", "line\r\n"],
]);

async function expand(text: string) {
  const root = { key: { list: [text] } };
  const result = await expandReferences(root, {
    env: { NAME: "value", EMPTY: "", UNEXPANDED: "${TOKEN}" },
    readFile: (path) => {
      const content = files.get(path);
      return content === undefined
        ? Promise.reject(Object.assign(new Error("no"), { code: "ENOENT" }))
        : Promise.resolve(content);
    },
    directoryAt: () => "/etc/mcp",
  });
  return { text: root.key.list[0], issues: result.issues, inserted: result.inserted.get("/key/list/0") };
}

describe("expandReferences", () => {
  it.each([
    ["plain $ text", "plain $ text"],
    ["${env:NAME}", "value"],
    ["a-${env:NAME}-${env:NAME}", "a-value-value"],
    ["${env:MISSING:-default}", "default"],
    ["${env:EMPTY:-default}", "default"],
    ["${env:EMPTY}", ""],
    ["${env:MISSING:-}", ""],
    ["${file:token}", "s3cret-token"],
    ["${file:/run/ca}", "line"],
    ["$${env:NAME}", "${env:NAME}"],
  ])("reads %s as %s", async (written, meant) => {
    const { text, issues } = await expand(written);
    expect(issues).toEqual([]);
    expect(text).toBe(meant);
  });

  it("remembers what came in", async () => {
    expect((await expand("Bearer ${file:token}")).inserted).toEqual(["s3cret-token"]);
    expect((await expand("literal")).inserted).toBeUndefined();
  });

  it("names the key and the variable that is not set", async () => {
    const { issues } = await expand("${env:MISSING}");
    expect(issues).toEqual([
      {
        code: "MISSING_VARIABLE",
        path: ["key", "list", "0"],
        message:
          "key.list[0] refers to the environment variable MISSING, which is not set; set it, or give a default: ${env:MISSING:-default}",
      },
    ]);
  });

  it("names the file that cannot be read", async () => {
    const { issues } = await expand("${file:none}");
    expect(issues[0]).toMatchObject({
      code: "UNREADABLE_FILE",
      message: expect.stringContaining("/etc/mcp/none, which cannot be read (ENOENT)"),
    });
  });

  it.each(["${NAME}", "${env:}", "${env:9X}", "${file:}", "${secret:x}", "${env:NAME", "${}"])(
    "refuses %s",
    async (written) => {
      expect((await expand(written)).issues[0]?.code).toBe("BAD_REFERENCE");
    },
  );

  it("suggests the reference that was meant", async () => {
    expect((await expand("${HOME}")).issues[0]?.suggestion).toBe("${env:HOME}");
  });

  it("refuses a variable that holds what its launcher failed to expand", async () => {
    expect((await expand("${env:UNEXPANDED}")).issues[0]?.code).toBe("BAD_REFERENCE");
  });
});
