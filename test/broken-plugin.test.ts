import { expect, it } from "vitest";

import { deadUrl, runRouter } from "./support/run-router.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const INITIALIZE = '{"jsonrpc":"2.0","method":"initialize","id":1,"params":{}}\n';
const IMPORT = 'import { definePlugin } from "@mcp-router/core/plugin";';

const WHOLE = 'definePlugin({ name: "broken", apiVersion: "^1.0" })';

/** A plugin that is whole but for this. */
function plugin(members: string): string {
  return `${IMPORT}\nexport default definePlugin({ name: "broken", apiVersion: "^1.0", ${members} });\n`;
}

/** Faults that show before any plugin is applied, by file: the text, the phase, and what stderr must say besides. */
const UNLOADABLE: { readonly [file: string]: readonly [text: string, phase: string, says: string] } = {
  "no-range": [plugin('apiVersion: "latest"'), "shape", "apiVersion is not a range"],
  "no-api-version": [`${IMPORT}\nexport default definePlugin({ name: "broken" } as never);`, "shape", "apiVersion"],
  "no-default-export": [`${IMPORT}\nexport const broken = ${WHOLE};`, "shape", "default export"],
  "no-plugin": ['export default { name: "broken", apiVersion: "^1.0", apply() {} };', "shape", "definePlugin"],
  "a-function": ["export default function broken(): void {}", "shape", "a function"],
  "bad-name": [plugin('name: "Not A Name"'), "shape", "lower-case"],
  "not-typescript": ["export default definePlugin({ name: ", "import", "not-typescript.ts"],
  "absent-import": ['import "not-installed-anywhere";\nexport default 1;', "import", "not-installed-anywhere"],
  "throws-at-import": ['throw new Error("boom at import");', "import", "boom at import"],
};

it("plugins that cannot be loaded end the start with 78, each with its name, the phase and the reason", async () => {
  const files = Object.entries(UNLOADABLE).map(([file, [text]]) => [`${file}.ts`, text] as const);
  const run = await runRouter(
    {
      url: "ws://127.0.0.1:9/mcp",
      words: [...files.flatMap(([file]) => ["--plugin", `./${file}`]), "--plugin", "./absent.ts"],
      files: Object.fromEntries(files),
    },
    INITIALIZE,
  );
  expect(run).toMatchObject({ exitCode: 78, signal: null, stdout: "" });
  for (const [file, [, phase, says]] of Object.entries(UNLOADABLE)) {
    expect(run.stderr).toContain(`plugin ./${file}.ts (${phase}): `);
    expect(run.stderr).toContain(says);
  }
  expect(run.stderr).toContain("plugin ./absent.ts (resolve): ");
});

it.each([
  ["asks for another API version", plugin('apiVersion: "^9.0"'), "(api)", "^9.0"],
  ["throws in apply", plugin('apply() { throw new Error("boom in apply"); }'), "(apply)", "boom in apply"],
  [
    "throws in onStart",
    plugin('apply({ hooks }) { hooks.onStart.tap(() => { throw new Error("boom in onStart"); }); }'),
    "(start)",
    "boom in onStart",
  ],
  ["rejects in apply", plugin('async apply() { throw new Error("boom in apply"); }'), "(apply)", "boom in apply"],
  [
    "taps a stage that does not exist",
    plugin('apply({ hooks }) { hooks.beforeSend.tap(() => undefined, { stage: "gaurd" as never }); }'),
    "(apply)",
    "gaurd",
  ],
])("a plugin that %s ends the start with 78, its name and the phase", async (_fault, text, phase, says) => {
  const run = await runRouter(
    { url: "ws://127.0.0.1:9/mcp", words: ["--plugin", "./broken.ts"], files: { "broken.ts": text } },
    INITIALIZE,
  );
  expect(run).toMatchObject({ exitCode: 78, signal: null, stdout: "" });
  expect(run.stderr).toContain(`plugin broken ${phase}: `);
  expect(run.stderr).toContain(says);
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
