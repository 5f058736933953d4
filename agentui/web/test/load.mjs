// Builds one module of src, so that a test can import it.
import { build } from "esbuild";

export async function load(file) {
  const out = await build({ entryPoints: [new URL(`../src/${file}`, import.meta.url).pathname], bundle: true, write: false, format: "esm", target: "es2022", logLevel: "warning" });
  return import(`data:text/javascript;base64,${Buffer.from(out.outputFiles[0].text).toString("base64")}`);
}
