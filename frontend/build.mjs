// Bundles src/ into the folder that Django serves as static/dist, or into the folder named on the command line.
// axe-core is not bundled: the browser tests read it from node_modules.
import { rm, stat } from "node:fs/promises";
import path from "node:path";
import * as esbuild from "esbuild";

const outdir = path.resolve(process.argv[2] ?? "../src/xingke/base/static/dist");

// An empty folder first, so that no file (nor the stamp of an earlier build) outlives its source.
await rm(outdir, { recursive: true, force: true });

const result = await esbuild.build({
  entryPoints: ["src/app.js", "src/charts.js", "src/app.css"],
  outdir,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "utf8",
  legalComments: "linked", // licence notices stand beside each bundle
  loader: { ".woff": "file", ".woff2": "file", ".svg": "file", ".png": "file" },
  assetNames: "[name]-[hash]",
  metafile: true,
  logLevel: "warning",
});

for (const name of Object.keys(result.metafile.outputs).sort()) {
  const { size } = await stat(name);
  console.log(`${path.relative(outdir, name)}  ${(size / 1024).toFixed(0)} KiB`);
}
