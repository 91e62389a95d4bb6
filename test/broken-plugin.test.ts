import { expect, it } from "vitest";

import { deadUrl, runRouter } from "./support/run-router.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const INITIALIZE = '{"jsonrpc":"2.0","method":"initialize","id":1,"params":{}}\n';
const IMPORT = 'import { definePlugin } from "@mcp-router/core/plugin";';

/** A plugin that is whole but for this. */
function plugin(members: string): string {
  return `${IMPORT}\nexport default definePlugin({ name: "broken", apiVersion: "^1.0", ${members} });\n`;
}

/** By what is wrong: the plugin's text, and what stderr must say besides its file or name. */
const BROKEN: { readonly [fault: string]: readonly [text: string, ...says: (string | RegExp)[]] } = {
  "asks for another API version": [plugin('apiVersion: "^9.0"'), "(api)", "^9.0"],
  "has no range as API version": [plugin('apiVersion: "latest"'), "(shape)", "apiVersion"],
  "has no API version": [
    `${IMPORT}\nexport default definePlugin({ name: "broken" } as never);`,
    "(shape)",
    "apiVersion",
  ],
  "has no default export": [
    `${IMPORT}\nexport const broken = definePlugin({ name: "broken", apiVersion: "^1.0" });`,
    "(shape)",
    "default export",
  ],
  "was not made by definePlugin": [
    'export default { name: "broken", apiVersion: "^1.0", apply() {} };',
    "(shape)",
    "definePlugin",
  ],
  "exports a function": ["export default function broken(): void {}", "(shape)"],
  "has an illegal name": [plugin('name: "Not A Name"'), "(shape)", "name"],
  "is not TypeScript": ["export default definePlugin({ name: ", "(import)"],
  "imports something that is not there": [
    'import "not-installed-anywhere";\nexport default 1;',
    "(import)",
    "not-installed-anywhere",
  ],
  "throws at import": ['throw new Error("boom at import");', "(import)", "boom at import"],
  "throws in apply": [plugin('apply() { throw new Error("boom in apply"); }'), "(apply)", "boom in apply"],
  "rejects in apply": [plugin('async apply() { throw new Error("boom in apply"); }'), "(apply)", "boom in apply"],
  "taps a stage that does not exist": [
    plugin('apply({ hooks }) { hooks.beforeSend.tap(() => undefined, { stage: "gaurd" as never }); }'),
    "(apply)",
    "gaurd",
  ],
};

it.each(Object.keys(BROKEN))("a plugin that %s ends the start with 78, its name and the phase", async (fault) => {
  const [text = "", ...says] = BROKEN[fault] ?? [];
  const run = await runRouter(
    { url: "ws://127.0.0.1:9/mcp", words: ["--plugin", "./broken.ts"], files: { "broken.ts": text } },
    INITIALIZE,
  );
  expect(run).toMatchObject({ exitCode: 78, signal: null, stdout: "" });
  expect(run.stderr).toContain("broken");
  for (const words of says) expect(run.stderr).toMatch(words);
});

it("a plugin file that is not there ends the start with 78 and what was looked for", async () => {
  const run = await runRouter({ url: await deadUrl(), words: ["--plugin", "./absent.ts"] }, INITIALIZE);
  expect(run).toMatchObject({ exitCode: 78, stdout: "" });
  expect(run.stderr).toContain("plugin ./absent.ts (resolve)");
});

it("options that a plugin does not know end the start with 78 and their key", async () => {
  const options =
    'options: { type: "object", properties: { limit: { type: "integer" } }, additionalProperties: false }';
  const run = await runRouter(
    {
      url: await deadUrl(),
      config: { plugins: [{ use: "./broken.ts", with: { limit: "many", limits: 3 } }] },
      files: { "broken.ts": plugin(options) },
    },
    INITIALIZE,
  );
  expect(run).toMatchObject({ exitCode: 78, stdout: "" });
  expect(run.stderr).toContain("plugins[0].with.limit must be an integer");
  expect(run.stderr).toContain("plugins[0].with.limits is not a known key");
});

it("every plugin that cannot be loaded is named at once", async () => {
  const run = await runRouter(
    {
      url: await deadUrl(),
      words: ["--plugin", "./one.ts", "--plugin", "./two.ts", "--plugin", "./three.ts"],
      files: { "one.ts": "throw new Error('1');", "two.ts": "export const two = 2;" },
    },
    INITIALIZE,
  );
  expect(run.exitCode).toBe(78);
  expect(run.stderr).toMatch(/one\.ts \(import\)[^]*two\.ts \(shape\)[^]*three\.ts \(resolve\)/);
});

it("a plugin that is not required is left out with a warning, and the rest runs", async () => {
  const test = await startTestGateway();
  const run = await runRouter(
    {
      url: test.url,
      config: { plugins: [{ use: "./broken.ts", required: false }] },
      files: { "broken.ts": plugin('apply() { throw new Error("boom in apply"); }') },
    },
    INITIALIZE,
  );
  expect(run.exitCode).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ id: 1, result: { serverInfo: { name: "test-server" } } });
  expect(run.stderr).toContain("boom in apply");
});

it("plugins that want to run before each other are refused, and the circle is named", async () => {
  const before = (name: string, other: string): string =>
    plugin(`name: "${name}", apply({ hooks }) { hooks.beforeSend.tap(() => undefined, { before: ["${other}"] }); }`);
  const run = await runRouter(
    {
      url: await deadUrl(),
      words: ["--plugin", "./one.ts", "--plugin", "./two.ts"],
      files: { "one.ts": before("one", "two"), "two.ts": before("two", "one") },
    },
    INITIALIZE,
  );
  expect(run).toMatchObject({ exitCode: 78, stdout: "" });
  expect(run.stderr).toMatch(/plugin (one|two) \(order\): .*(one.*two|two.*one)/);
});

it("two plugins of one name are refused", async () => {
  const run = await runRouter(
    {
      url: await deadUrl(),
      words: ["--plugin", "./one.ts", "--plugin", "./two.ts"],
      files: { "one.ts": plugin(""), "two.ts": plugin("") },
    },
    INITIALIZE,
  );
  expect(run).toMatchObject({ exitCode: 78, stdout: "" });
  expect(run.stderr).toContain("broken");
});

it("a plugin that never finishes loading, or applying, is given up after a while", async () => {
  const url = await deadUrl();
  const start = (text: string) =>
    runRouter({ url, words: ["--plugin", "./broken.ts"], files: { "broken.ts": text } }, INITIALIZE);
  const [loading, applying] = await Promise.all([
    start("await new Promise(() => setInterval(() => {}, 1000)); export default 1;"),
    start(plugin("async apply() { await new Promise(() => {}); }")),
  ]);
  expect(loading).toMatchObject({ exitCode: 78, stdout: "" });
  expect(loading.stderr).toMatch(/broken\.ts \(import\)/);
  expect(applying).toMatchObject({ exitCode: 78, stdout: "" });
  expect(applying.stderr).toMatch(/plugin broken \(apply\)/);
});
