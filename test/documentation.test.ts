import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { ROUTER_BIN } from "./support/spawn-router.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
let directory = "";

/** The examples live inside the repository for as long as the tests run, where imports of its packages resolve. */
beforeAll(async () => {
  await mkdir(join(root, ".cache"), { recursive: true });
  directory = await mkdtemp(join(root, ".cache", "documentation-"));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function codeBlocks(document: string, language: string): Promise<readonly string[]> {
  const text = await readFile(join(root, document), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, code]) => code ?? "");
}

async function pluginExamples(): Promise<readonly { readonly name: string; readonly code: string }[]> {
  const blocks = [...(await codeBlocks("README.md", "ts")), ...(await codeBlocks("docs/plugins.md", "ts"))];
  return blocks.map((code) => ({ name: /name: "([^"]+)"/.exec(code)?.[1] ?? "", code }));
}

async function listPlugins(cwd: string, ...words: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [ROUTER_BIN, "plugins", "--json", ...words], { cwd });
  return stdout;
}

describe("the plugins in the documentation", () => {
  it("compile under the strict settings of this repository", async () => {
    const examples = await pluginExamples();
    expect(examples.map(({ name }) => name)).toEqual([
      "no-deletes",
      "call-log",
      "policy",
      "little-end",
      "transport-unix",
      "health-log",
    ]);
    for (const { name, code } of examples) await writeFile(join(directory, `${name}.ts`), code);
    await writeFile(
      join(directory, "tsconfig.json"),
      JSON.stringify({ extends: "../../tsconfig.check.json", include: ["*.ts"] }),
    );
    await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", directory]);
  });

  it("load with --plugin", async () => {
    for (const { name, code } of await pluginExamples()) {
      await writeFile(join(directory, `${name}.ts`), code);
      const listed = await listPlugins(directory, "--url", "ws://127.0.0.1:9/mcp", "--plugin", `./${name}.ts`);
      expect(listed).toContain(`"${name}"`);
    }
  });

  it("take their options from the configuration example", async () => {
    const [example = ""] = (await pluginExamples()).filter(({ name }) => name === "call-log").map(({ code }) => code);
    const [yaml = ""] = await codeBlocks("docs/plugins.md", "yaml");
    const folder = join(directory, "configured");
    await mkdir(folder);
    await writeFile(join(folder, "call-log.ts"), example);
    await writeFile(join(folder, "mcp-router.yaml"), yaml);
    const listed = await listPlugins(folder);
    expect(listed).toContain('"call-log"');
  });

  it("become a package whose manifest is read without running it", async () => {
    const [example = ""] = (await pluginExamples()).filter(({ name }) => name === "call-log").map(({ code }) => code);
    const [packageJson = ""] = await codeBlocks("docs/plugins.md", "json");
    const folder = join(directory, "published");
    await mkdir(join(folder, "src"), { recursive: true });
    await writeFile(join(folder, "package.json"), packageJson);
    await writeFile(join(folder, "src", "index.ts"), example);
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: "../../../tsconfig.base.json",
        compilerOptions: { rootDir: "src", outDir: "dist" },
        include: ["src"],
      }),
    );
    await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder]);
    await run(process.execPath, [join(root, "packages/core/bin/mcp-router-manifest.js")], { cwd: folder });
    expect(await readFile(join(folder, "dist", "manifest.json"), "utf8")).toContain('"call-log"');
    const listed = await listPlugins(directory, "--url", "ws://127.0.0.1:9/mcp", "--plugin", "./published");
    expect(listed).toContain('"mcp-router-plugin-call-log"');
  });
});

describe("the embedding example of core", () => {
  it("bridges its streams to a gateway until stdin ends", async () => {
    const [code = ""] = await codeBlocks("packages/core/README.md", "js");
    const file = join(directory, "embedding.mjs");
    await writeFile(file, code);
    const { url } = await startTestGateway({}, { token: "embedding-token" });
    const running = run(process.execPath, [file], {
      env: { PATH: process.env["PATH"], GATEWAY_URL: url, GATEWAY_TOKEN: "embedding-token" },
    });
    running.child.stdin?.end('{"jsonrpc":"2.0","id":1,"method":"initialize"}\n');
    const { stdout, stderr } = await running;
    expect(stdout).toContain('"test-server"');
    expect(stderr).toContain("the router ended: stdin_end");
  });
});

describe("the example of core that tests a configuration", () => {
  it.each([
    ["probe-token", /^it works$/m],
    ["another-token", /^DIAL_UNAUTHORIZED at authentication: Check that the token/m],
  ])("says what it found with %s", async (token, says) => {
    const [, code = ""] = await codeBlocks("packages/core/README.md", "js");
    const file = join(directory, "probe.mjs");
    await writeFile(file, code);
    const { url } = await startTestGateway({}, { token: "probe-token" });
    const { stdout, stderr } = await run(process.execPath, [file], {
      env: { PATH: process.env["PATH"], GATEWAY_URL: url, GATEWAY_TOKEN: token },
    });
    expect(stdout).toMatch(says);
    expect(stderr).toMatch(/^sign-in: ok, [\d.]+ ms$/m);
  });
});
