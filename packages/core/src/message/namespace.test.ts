import { describe, expect, it } from "vitest";
import type { MessageKind } from "../plugin/message.ts";
import { compileGlob } from "./glob.ts";
import { createNamespaceRules } from "./namespace.ts";

const request = (method: string, name?: string) => ({ kind: "request" as const, method, name });
const answer = (kind: MessageKind) => ({ kind, method: undefined, name: undefined });

describe("createNamespaceRules", () => {
  it.each([
    ["tools/list", "tools"],
    ["resources/templates/list", "resources"],
    ["initialize", "system"],
    ["ping", "system"],
    ["server/discover", "system"],
    ["notifications/cancelled", "system"],
    ["k8s.pods.list", "k8s"],
    ["a.b/c", "a.b"],
    ["plain", "default"],
    ["/x", "default"],
    [".x", "default"],
    ["__proto__", "default"],
  ])("sends %s to %s without rules", (method, namespace) => {
    expect(createNamespaceRules()(request(method))).toBe(namespace);
  });

  it("sends answers to the server's requests to system", () => {
    expect(createNamespaceRules()(answer("response"))).toBe("system");
    expect(createNamespaceRules()(answer("error"))).toBe("system");
  });

  it("takes the first rule that matches, before everything else", () => {
    const namespaceOf = createNamespaceRules({
      default: "other",
      rules: [
        { method: "tools/list", namespace: "first" },
        { tool: "k8s.*", namespace: "k8s" },
        { method: "prompts/*", tool: "*_x", namespace: "px" },
        { method: "tools/*", namespace: "second" },
        { method: "ping", namespace: "pings" },
      ],
    });
    expect(namespaceOf(request("tools/list"))).toBe("first");
    expect(namespaceOf(request("tools/call", "k8s.get"))).toBe("k8s");
    expect(namespaceOf(request("tools/call", "git.log"))).toBe("second");
    expect(namespaceOf(request("tools/call"))).toBe("second");
    expect(namespaceOf(request("prompts/get", "k8s.get"))).toBe("k8s");
    expect(namespaceOf(request("prompts/get", "a_x"))).toBe("px");
    expect(namespaceOf(request("prompts/get", "a_y"))).toBe("prompts");
    expect(namespaceOf(request("resources/read", "k8s.get"))).toBe("resources");
    expect(namespaceOf(request("ping"))).toBe("pings");
    expect(namespaceOf(request("plain"))).toBe("other");
  });

  it("answers the same again, for more methods and names than it remembers", () => {
    const namespaceOf = createNamespaceRules({ rules: [{ tool: "odd-*", namespace: "odd" }] });
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 3000; index++) {
        expect(namespaceOf(request(`m${index}/x`))).toBe(`m${index}`);
        expect(namespaceOf(request("tools/call", index % 2 === 1 ? `odd-${index}` : `${index}`))).toBe(
          index % 2 === 1 ? "odd" : "tools",
        );
      }
    }
  });
});

describe("compileGlob", () => {
  it.each([
    ["*", "", true],
    ["*", "anything", true],
    ["a", "a", true],
    ["a", "ab", false],
    ["a*", "ab", true],
    ["*a", "ba", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["ab*ba", "aba", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["a**b", "ab", true],
    ["*.x.*", "a.x.b", true],
    ["a.c", "abc", false],
    ["a*bc*c", "abc", false],
  ])("%s on %j: %s", (pattern, text, matches) => {
    expect(compileGlob(pattern)(text)).toBe(matches);
  });
});
