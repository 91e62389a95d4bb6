// Bundles a package's modules into few files, because Node takes longer to open and link two hundred small modules than to
// run them. Dependencies stay imports, dynamic imports stay separate chunks, names and comments stay readable.
//
//   node ../../scripts/bundle.mjs src/index.ts …      (in a package's directory; each entry becomes dist/<name>.js)
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const entryPoints = process.argv.slice(2);
if (entryPoints.length === 0) throw new Error("usage: bundle.mjs ENTRY…");

// Chunks are named by their content: those of earlier builds would stay for ever.
for (const entry of readdirSync("dist", { withFileTypes: true })) {
  if (entry.isFile() && /^[\w-]+-[0-9A-Z]{8}\.js$/.test(entry.name)) rmSync(join("dist", entry.name));
}

await build({
  entryPoints,
  outdir: "dist",
  entryNames: "[name]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  packages: "external",
  logLevel: "warning",
});
