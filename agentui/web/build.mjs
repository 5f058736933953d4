// Bundles the pages into dist, which the Go binary embeds.
import { build } from "esbuild";
import { copyFile, readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

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

// What a browser fetches before it shows anything, gzipped.
const budgets = { "console.js": 60_000, "console.css": 12_000 };
for (const [file, most] of Object.entries(budgets)) {
  const size = gzipSync(await readFile(`dist/${file}`)).length;
  if (size > most) throw new Error(`${file} is ${size} bytes gzipped: ${most} are allowed`);
}
