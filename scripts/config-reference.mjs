// Writes docs/configuration.md, and the option tables in the READMEs of plugins, from the schemas that check configurations.
// Needs a build. With --check it writes nothing and exits with 1 when something is out of date.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "oxfmt";
import { composeRootSchema } from "../packages/core/src/config/compose-schema.ts";
import { UNAVAILABLE_KEYS } from "../packages/core/src/config/unavailable-keys.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const START = "<!-- options: written by scripts/config-reference.mjs -->";
const END = "<!-- /options -->";

/** The manifests of all plugin packages, in the order of their names. */
async function readManifests() {
  const folders = (await readdir(join(root, "packages"))).toSorted();
  const found = [];
  for (const folder of folders) {
    const directory = join(root, "packages", folder);
    const text = await readFile(join(directory, "dist", "manifest.json"), "utf8").catch(() => undefined);
    if (text !== undefined) found.push({ folder, directory, plugins: JSON.parse(text).plugins });
  }
  return found;
}

function describeType(schema) {
  const choices = schema.anyOf ?? (schema.properties === undefined ? schema.oneOf : undefined);
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return [...new Set(schema.enum.map(code))].join(", ");
  if (choices !== undefined) return choices.map(describeType).join(" or ");
  if (schema.type === "array") return `list of ${schema.items === undefined ? "anything" : describeType(schema.items)}`;
  if (schema.type === "object") return "object";
  const { minimum, maximum, exclusiveMinimum } = schema;
  const lowest = minimum ?? (exclusiveMinimum === undefined ? undefined : `more than ${exclusiveMinimum}`);
  if (lowest === undefined && maximum === undefined) return schema.type;
  return maximum === undefined ? `${schema.type}, at least ${lowest}` : `${schema.type}, ${lowest} … ${maximum}`;
}

const code = (value) => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

/** One row for each key that holds a value, with its path from `prefix` on. */
function rowsOf(schema, prefix, required) {
  const list = schema.type === "array" && schema.items?.properties !== undefined;
  const members = Object.entries((list ? schema.items : schema).properties ?? {});
  const path = list ? `${prefix}[]` : prefix;
  const own = list || members.length === 0 ? [{ path: prefix, schema, required }] : [];
  const needed = (list ? schema.items : schema).required ?? [];
  return [
    ...own,
    ...members.flatMap(([name, member]) =>
      rowsOf(member, path === "" ? name : `${path}.${name}`, needed.includes(name)),
    ),
  ];
}

/** What this version cannot do with a core key. */
function availability(key) {
  const members = key.replaceAll("[]", ".*").split(".");
  const limit = UNAVAILABLE_KEYS.find(
    ({ path }) =>
      path.length === members.length && path.every((name, index) => name === "*" || name === members[index]),
  );
  if (limit === undefined) return "";
  return limit.advice === "remove it" ? " **Not in this version.**" : ` **In this version: ${limit.advice}.**`;
}

function table(rows) {
  const lines = rows.map(({ path, schema, required }) => {
    const fallback = schema.default === undefined ? (required ? "required" : "") : code(schema.default);
    const secret = schema.writeOnly ? " Secret: never printed." : "";
    const state = availability(path);
    return `| \`${path}\` | ${describeType(schema)} | ${fallback} | ${(schema.description ?? "").replaceAll("|", "\\|")}${secret}${state} |`;
  });
  return ["| Key | Value | Default | Meaning |", "| --- | --- | --- | --- |", ...lines].join("\n");
}

function describePlugin(plugin) {
  const sections = Object.entries(plugin.sections).map(([path, schema]) => table(rowsOf(schema, path, false)));
  const auth = Object.values(plugin.auth).map(({ schema }) => table(rowsOf(schema, "gateway.auth", false)));
  return [...sections, ...auth].join("\n\n");
}

function isBuilt(plugin) {
  const slots = [...Object.values(plugin.transports), ...Object.values(plugin.auth)];
  return plugin.hasApply || slots.some(({ hasCreate }) => hasCreate);
}

function reference(packages) {
  const { properties } = composeRootSchema([]);
  const chapters = Object.entries(properties).flatMap(([name, schema]) => {
    if (schema.properties === undefined) return [];
    if (name !== "gateway") return [[name, schema, rowsOf(schema, name, false)]];
    const groups = Object.entries(schema.properties).filter(([, group]) => group.properties !== undefined);
    const plain = Object.fromEntries(
      Object.entries(schema.properties).filter(([, each]) => each.properties === undefined),
    );
    const gateway = [name, schema, rowsOf({ ...schema, properties: plain }, name, false)];
    return [
      gateway,
      ...groups.map(([group, each]) => [`gateway.${group}`, each, rowsOf(each, `gateway.${group}`, false)]),
    ];
  });
  const lists = Object.entries(properties).filter(([, schema]) => schema.properties === undefined);
  const plugins = packages.flatMap(({ folder, plugins }) =>
    plugins.flatMap((plugin) => {
      const text = describePlugin(plugin);
      if (text === "") return [];
      const names = [
        ...Object.keys(plugin.sections),
        ...Object.keys(plugin.auth).map((type) => `gateway.auth (type: ${type})`),
      ];
      const state = isBuilt(plugin)
        ? ""
        : " Its code comes with a later release; until then the section is an error that says so.";
      return [`### \`${names.join("`, `")}\`\n\nPlugin \`@mcp-router/${folder}\`.${state}\n\n${text}`];
    }),
  );
  const listRows = lists.flatMap(([name, schema]) =>
    name === "plugins"
      ? rowsOf({ ...schema, items: schema.items.anyOf.find((choice) => choice.properties) }, name, false)
      : rowsOf(schema, name, false),
  );
  return [
    "<!-- The tables are written by scripts/config-reference.mjs from the schemas. -->",
    HEAD,
    "## Keys of the router",
    `### The file, presets, plugins\n\n${table(listRows)}`,
    ...chapters
      .filter(([, , rows]) => rows.length > 0 && !(rows.length === 1 && rows[0].path === "advanced"))
      .map(([name, schema, rows]) => `### \`${name}\`\n\n${schema.description}\n\n${table(rows)}`),
    "## Keys of the standard plugins",
    "A section that is there switches its plugin on; `enabled: false` in it switches it off again.",
    ...plugins,
  ].join("\n\n");
}

const HEAD = `# Configuration

\`mcp-router.yaml\` (also \`.json\`, \`.js\`, \`.ts\`, or \`package.json\`) is looked for in the working directory and those above it, then in the
user's and the system's configuration directory. \`--config FILE\` names one. The smallest that works:

\`\`\`yaml
gateway:
  url: "wss://gateway.example.com:8443/mcp"
  auth:
    type: bearer
    token_env: MCP_AUTH_TOKEN
\`\`\`

## Which value counts

Flags stand above environment variables, those above the file, the file above presets, presets above defaults. Objects are
merged key by key; lists and single values are replaced by the higher one. Only \`plugins\` is joined: a flag adds to the file's.
\`mcp-router config show\` prints what is in effect, and where each value was written.

**Environment.** \`MCP_\` and the key in capitals, dots as underscores: \`MCP_LOGGING_LEVEL=debug\` is \`logging.level\`,
\`MCP_GATEWAY_CONNECTION_TIMEOUT_MS=2000\` is \`gateway.connection.timeout_ms\`. Numbers, \`true\` and \`false\` are read as such, lists
are separated by commas. An empty variable counts as not set. Names that are no key are left alone, and so are \`MCP_AUTH_TOKEN\`,
\`MCP_TIMEOUT\`, \`MCP_TOOL_TIMEOUT\`, \`MCP_VERSION\` and other names of Claude's own.

**References.** \`\${env:NAME}\`, \`\${env:NAME:-default}\` and \`\${file:path}\` work inside any text. A path is relative to the file that
wrote it; one line break at the end of the file's content is dropped. \`$\${…}\` stands for the text \`\${…}\`. Anything else that
looks like a reference is an error, and so is a variable that is not set.

**Errors** come all at once, each with file, line, key, what was expected and the nearest valid key. A key that this version
knows and cannot honour yet is an error too, never ignored.

**Durations** in \`_ms\` are milliseconds, at most 2147483647 (24.8 days).`;

async function textsToWrite() {
  const packages = await readManifests();
  const texts = new Map([[join(root, "docs", "configuration.md"), reference(packages)]]);
  for (const { directory, plugins } of packages) {
    const file = join(directory, "README.md");
    const text = await readFile(file, "utf8").catch(() => "");
    const [before, rest] = text.split(START);
    if (rest === undefined) continue;
    const after = rest.split(END)[1] ?? "";
    texts.set(file, `${before}${START}\n\n${plugins.map(describePlugin).join("\n\n")}\n\n${END}${after}`);
  }
  return texts;
}

let outdated = false;
for (const [file, text] of await textsToWrite()) {
  const { code: wanted } = await format(file, text, { printWidth: 120 });
  const present = await readFile(file, "utf8").catch(() => "");
  if (present === wanted) continue;
  if (process.argv.includes("--check")) {
    outdated = true;
    console.error(`${relative(root, file)} is out of date; run node scripts/config-reference.mjs`);
  } else {
    await writeFile(file, wanted);
    console.error(`wrote ${relative(root, file)}`);
  }
}
if (outdated) process.exitCode = 1;
