// Bundles the pages into dist, which the Go binary embeds.
import { build } from "esbuild";
import { copyFile, readFile, rm } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const shared = { outdir: "dist", bundle: true, minify: true, format: "esm", target: "es2022", jsx: "automatic", jsxImportSource: "preact", logLevel: "warning", metafile: true };
await rm("dist/parts", { recursive: true, force: true });
await build({ ...shared, entryPoints: ["src/phone.tsx", "src/phone.css", "src/console.css"] });
// What the console opens later (flows as pictures, numbers) comes in parts of its own.
const { metafile } = await build({ ...shared, entryPoints: ["src/console.tsx"], splitting: true, chunkNames: "parts/[name]-[hash]" });
for (const page of ["phone.html", "console.html"]) await copyFile(`src/${page}`, `dist/${page}`);

// first lists what a browser fetches before anything is shown: a file, and what it imports
// that cannot wait.
function first(file, seen = new Set()) {
  seen.add(file);
  for (const i of metafile.outputs[file]?.imports ?? []) if (i.kind === "import-statement" && !seen.has(i.path)) first(i.path, seen);
  return [...seen];
}

// Budgets in bytes, gzipped.
const budgets = { "dist/console.js": 60_000, "dist/console.css": 12_000 };
for (const [file, most] of Object.entries(budgets)) {
  let size = 0;
  for (const f of first(file)) size += gzipSync(await readFile(f)).length;
  if (size > most) throw new Error(`${file} is ${size} bytes gzipped: ${most} are allowed`);
}
if (first("dist/console.js").some((f) => Object.keys(metafile.outputs[f].inputs).some((i) => i.includes("dagre")))) throw new Error("the first page waits for dagre");
