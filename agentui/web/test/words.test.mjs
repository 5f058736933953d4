// Holds the page to its catalogues: every language says everything, and nothing that
// people read stands in the code.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { transform } from "esbuild";
import { load } from "./load.mjs";

const src = new URL("../src/", import.meta.url);
const text = (file) => readFile(new URL(file, src), "utf8");
const en = JSON.parse(await text("words/en.json"));
const es = JSON.parse(await text("words/es.json"));
const code = (await readdir(src)).filter((f) => /\.tsx?$/.test(f) && !["phone.tsx", "phone-wire.ts", "console-wire.ts", "icons.tsx"].includes(f));

const styles = async () => (await Promise.all((await readdir(src)).filter((f) => f.endsWith(".css")).map(text))).join("\n");

const slots = (p) => [...new Set(JSON.stringify(p).match(/\{\w+\}/g) ?? [])].sort();
const forms = (p) => (typeof p === "string" ? "text" : Object.keys(p).join(" "));

test("each language says all that English says, with the same things filled in", () => {
  assert.deepEqual(Object.keys(es), Object.keys(en));
  for (const key of Object.keys(en)) {
    assert.deepEqual([key, forms(es[key]), slots(es[key])], [key, forms(en[key]), slots(en[key])]);
    for (const p of [en[key], es[key]].flatMap((p) => (typeof p === "string" ? p : Object.values(p)))) assert.notEqual(p.trim(), "", key);
  }
});

test("every phrase is used", async () => {
  const all = (await Promise.all(code.map(text))).join("\n");
  for (const key of Object.keys(en)) {
    const family = `${key.split(".")[0]}.\${`;
    assert.ok(all.includes(`"${key}"`) || (key.includes(".") && (all.includes(`\`${family}`) || all.includes(family))), `${key} is said nowhere`);
  }
});

// literals finds the strings of a script, and whether each is the child of an element or
// the value of an attribute.
function literals(js) {
  const found = [];
  const open = []; // brackets: { jsx, arg, name }
  let before = "";
  for (let i = 0; i < js.length; i++) {
    const c = js[i];
    const top = open.at(-1);
    if (/\s/.test(c)) continue;
    if (c === "/" && (js[i + 1] === "/" || js[i + 1] === "*")) i = js[i + 1] === "/" ? js.indexOf("\n", i) : js.indexOf("*/", i) + 1;
    else if (c === "/" && /[(,=:[!&|?{};]/.test(before)) {
      for (let set = false, j = i + 1; ; j++) {
        if (js[j] === "\\") j++;
        else if (js[j] === "[") set = true;
        else if (js[j] === "]") set = false;
        else if (js[j] === "/" && !set) {
          i = j;
          break;
        }
      }
    } else if (c === '"' || c === "'" || c === "`") {
      let value = "";
      const compared = /(?:[=!]==\s*|(?:matches|querySelector(?:All)?)\()$/.test(js.slice(0, i)); // or a selector
      for (i++; js[i] !== c; i++) value += js[i] === "\\" ? js[i++] + js[i] : js[i];
      const attribute = top?.brace && open.at(-2)?.jsx && open.at(-2).arg === 1 ? /"?([\w-]+)"?\s*:[^:,]*$/.exec(js.slice(Math.max(0, i - value.length - 200), i - value.length - 1))?.[1] : undefined;
      if (!compared) found.push({ value, child: top?.jsx === true && top.arg >= 2, attribute });
    } else if (c === "(" || c === "[" || c === "{") open.push({ jsx: c === "(" && js.slice(0, i).endsWith("JSX"), arg: 0, brace: c === "{" });
    else if (c === ")" || c === "]" || c === "}") open.pop();
    else if (c === "," && top !== undefined) top.arg++;
    before = js[i];
  }
  return found;
}

// What is no phrase: keys of a keyboard, names of things that have one name everywhere.
const named = new Set(["Parley", "Edge", "Opera", "Firefox", "Chrome", "Safari", "Windows", "Android", "Linux", " · Parley", "Ctrl K", "Ctrl Enter", "Esc", "Escape", "Enter", "ArrowDown", "ArrowUp", "English", "Español", "GET", "POST", "PUT", "DELETE"]);
const read = new Set(["title", "aria-label", "placeholder", "alt"]);

async function phrases(file, source) {
  const classes = new Set([...(await styles()).matchAll(/\.([a-z][\w-]*)/g)].map((m) => m[1]));
  const js = (await transform(source, { loader: file.endsWith("x") ? "tsx" : "ts", jsx: "transform", jsxFactory: "JSX", jsxFragment: "FRAG", charset: "utf8", target: "es2022" })).code;
  return literals(js).filter(({ value, child, attribute }) => {
    const bare = value.replace(/\$\{[^}]*\}/g, "").replace(/\{\{[^}]*\}\}/g, "");
    if (!/\p{L}{2}/u.test(bare) || named.has(value) || attribute === "class") return false;
    if (child || read.has(attribute)) return true;
    if (Object.hasOwn(en, value) || bare.trim().split(/\s+/).every((w) => classes.has(w))) return false;
    return /^\p{Lu}\p{Ll}/u.test(bare) || /\p{L}{2}[,.:;’]? +\p{L}{2}/u.test(bare);
  }).map(({ value }) => value);
}

test("nothing that people read stands in the code", async () => {
  for (const planted of ['const a = <p class="plain small">Sign out</p>;', 'const a = <b>left</b>;', 'const a = <i title="why">{n}</i>;', 'const a = <b>{on ? "yes" : t("good")}</b>;', 'const why = { x: "The flow failed" };', "const a = `${who} has it`;"]) {
    assert.equal((await phrases("planted.tsx", planted)).length, 1, planted);
  }
  for (const file of code) assert.deepEqual(await phrases(file, await text(file)), [], file);
});

test("a language is the setting, or the browser's first that there is", async () => {
  const { choose } = await load("t.ts");
  assert.deepEqual(choose(null, ["de-CH", "es-MX", "en"]), { speaks: "es", locale: "es-MX" });
  assert.deepEqual(choose("en", ["es-MX"]), { speaks: "en", locale: "en" });
  assert.deepEqual(choose(null, ["ar-XB"]), { speaks: "ar-XB", locale: "en" });
  assert.deepEqual(choose("constructor", ["de", "__proto__"]), { speaks: "en", locale: "en" });
});

test("styles know no left and right", async () => {
  const css = await styles();
  const sides = [...css.matchAll(/(?:padding|margin|inset):\s*([^;\s]+) ([^;\s]+) ([^;\s]+) ([^;\s]+);/g)].filter((m) => m[2] !== m[4]);
  assert.deepEqual(sides.map((m) => m[0]), []);
  assert.deepEqual(css.match(/(?:margin|padding|border|inset)-(?:left|right)|(?<![\w-])(?:left|right)\s*:|text-align:\s*(?:left|right)/g), null);
});
