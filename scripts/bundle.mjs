// Bundles a package's modules into one file per entry, because Node takes longer to open and link two hundred small modules
// than to run them. Dependencies stay imports; names and comments stay readable. Entries of one package share no objects:
// whatever crosses them is recognised by its brand.
//
//   node ../../scripts/bundle.mjs [--split] ENTRY…      (in a package's directory; src/name.ts becomes dist/name.js)
//
// --split makes an entry of each module that is imported dynamically, so that its dependencies are loaded only with it.
import { writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const { values, positionals } = parseArgs({ options: { split: { type: "boolean" } }, allowPositionals: true });
if (positionals.length === 0) throw new Error("usage: bundle.mjs [--split] ENTRY…");

const entries = new Set(positionals.map((entry) => resolve(entry)));
const written = new Set();

const split = {
  name: "split",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind !== "dynamic-import") return undefined;
      entries.add(resolve(resolveDir, path));
      return { path: `./${basename(path, ".ts")}.js`, external: true };
    });
  },
};

// An import of a built-in module goes through the loader like that of a file, once for each bundle; asking the process for it
// does not. The bundle has them first, as imports would be.
function askForBuiltins(text) {
  const asked = [];
  const rest = text.replace(/^import \{([^}]*)\} from ("node:[\w/]+");\n/gm, (_statement, names, module) => {
    asked.push(`const {${names.replaceAll(" as ", ": ")}} = process.getBuiltinModule(${module});\n`);
    return "";
  });
  return asked.join("") + rest;
}

// A set goes on with what is added to it on the way.
for (const entry of entries) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    outdir: "dist",
    entryNames: "[name]",
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    packages: "external",
    plugins: values.split === true ? [split] : [],
    logLevel: "warning",
    write: false,
  });
  for (const { path, text } of outputFiles) {
    // Folders are flattened, so two modules of one name would silently become one.
    if (written.has(path)) throw new Error(`${entry} and another entry are both called ${basename(path)}: rename one`);
    written.add(path);
    writeFileSync(path, askForBuiltins(text));
  }
}
