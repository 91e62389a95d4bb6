import type { ScenarioPart } from "../scenario-context.ts";

const calls: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ["echo", { message: "hello" }],
  ["echo", { message: "" }],
  ["echo", { message: 'Grüße 世界 🚀 \u0000\u001f\u2028\u2029 "quotes" \\ /slash/ \ud800 lone' }],
  ["echo", { message: '{"jsonrpc":"2.0","id":1,"method":"initialize"}\n' }],
  ["get-sum", { a: 2, b: 3 }],
  ["get-sum", { a: -0, b: 0.1 }],
  ["get-sum", { a: Number.MAX_SAFE_INTEGER, b: 2 }],
  ["get-sum", { a: 1e308, b: -5e-324 }],
  ["get-tiny-image", {}],
  ["get-env", {}],
  ["get-annotated-message", { messageType: "error" }],
  ["get-annotated-message", { messageType: "success", includeImage: true }],
  ["get-annotated-message", { messageType: "debug", includeImage: false }],
  ["get-structured-content", { location: "New York" }],
  ["get-structured-content", { location: "Chicago" }],
  ["get-structured-content", { location: "Los Angeles" }],
  ["get-resource-links", {}],
  ["get-resource-links", { count: 10 }],
  ["get-resource-reference", { resourceType: "Text", resourceId: 7 }],
  ["get-resource-reference", { resourceType: "Blob", resourceId: 8 }],
];

const LONG_TEXT = 2 ** 20;

/** Every tool with a fixed answer: text, structured, image, links, embedded resources, odd and large arguments. */
export const callTools: ScenarioPart = async ({ client, step }) => {
  for (const [tool, args] of calls) {
    await step(`call ${tool} ${JSON.stringify(args)}`, () => client.callTool(tool, args));
  }
  await step("call echo with a long text", () => client.callTool("echo", { message: "é".repeat(LONG_TEXT) }));
};
