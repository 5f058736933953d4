// Bundles the pages into dist, which the Go binary embeds.
import { build } from "esbuild";
import { copyFile } from "node:fs/promises";

await build({
  entryPoints: ["src/phone.tsx", "src/phone.css", "src/console.tsx", "src/console.css"],
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
});
for (const page of ["phone.html", "console.html"]) await copyFile(`src/${page}`, `dist/${page}`);
