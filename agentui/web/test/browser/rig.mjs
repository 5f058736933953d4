// What the journeys through a browser have in common. PARLEY_AT is the server, PARLEY_OUTSIDE
// stands for the customers and the carrier, PARLEY_SHOTS is where pictures go, PARLEY_HOST
// what browsers call the server where that is no address.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { chromium } from "playwright-core";

export const at = process.env.PARLEY_AT;
export const outside = process.env.PARLEY_OUTSIDE;
export const password = process.env.PARLEY_PASSWORD;
const shots = process.env.PARLEY_SHOTS ?? "";
const axe = await readFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

export const post = (path, form) => fetch(`${outside}/${path}`, { method: "POST", body: new URLSearchParams(form) }).then((r) => assert.ok(r.ok, `${path}: ${r.status}`));
export const texts = (from, text) => post("text", { from, text });
export const sent = () => fetch(`${outside}/messages`).then((r) => r.json());
export const times = async (text) => (await sent()).filter((m) => m === text).length;
// reached waits until the carrier has a text so many times: it has it later than the page shows it.
export const reached = async (text, n) => {
  for (let i = 0; i < 400 && (await times(text)) < n; i++) await new Promise((r) => setTimeout(r, 25));
  assert.equal(await times(text), n, text);
};
export const heard = async (text) => {
  for (let i = 0; i < 400; i++) {
    if ((await sent()).some((m) => m.includes(text))) return;
    await new Promise((r) => setTimeout(r, 25));
  }
  assert.fail(`the customer never heard ${text}`);
};

// turns waits until something is as it should be: it is asked again and again, for ten seconds.
export async function turns(ask, want, what) {
  let is = await ask();
  for (let i = 0; i < 200 && !isDeepStrictEqual(is, want); i++) {
    await new Promise((r) => setTimeout(r, 50));
    is = await ask();
  }
  assert.deepEqual(is, want, what);
}

export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", ...(process.env.PARLEY_HOST ? [`--host-resolver-rules=MAP ${process.env.PARLEY_HOST}:80 ${new URL(at).host}`] : [])] });

const catalogues = Object.fromEntries(await Promise.all(["en", "es"].map(async (l) => [l, JSON.parse(await readFile(new URL(`../../src/words/${l}.json`, import.meta.url), "utf8"))])));

// word is what the page says by a key, in a language; turned round in the trial of one that
// is written from right to left.
export function word(locale, key, values = {}) {
  const phrase = catalogues[locale === "ar-XB" ? "en" : locale][key];
  const text = typeof phrase === "string" ? phrase : phrase[values.n === 1 ? "one" : "other"];
  const turned = locale !== "ar-XB" ? text : text.split(/(\{\w+\})/).map((part, i) => (i % 2 === 1 ? part : part.replace(/\S(?:.*\S)?/s, "\u202e$&\u202c"))).join("");
  return turned.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// Every look that a screen has: sizes, colours, languages.
export const looks = [
  ...["wide", "narrow"].flatMap((size) => ["light", "dark"].map((colorScheme) => ({ size, colorScheme }))),
  ...["wide", "narrow"].flatMap((size) => ["es", "ar-XB"].map((locale) => ({ size, locale }))),
  { size: "wide", forcedColors: "active" },
  { size: "narrow", forcedColors: "active", colorScheme: "dark" },
];

// watched ends everything when something goes wrong on a page, or a script of a stranger
// speaks.
export function watched(page, name) {
  page.setDefaultTimeout(8000);
  page.on("pageerror", (e) => assert.fail(`${name}: ${e.stack}`));
  page.on("dialog", (d) => assert.fail(`${name}: a dialog says ${d.message()}`));
  return page;
}

// signIn is for a page of one's own making.
export async function signIn(page, name, locale = "en") {
  watched(page, name);
  await page.goto(`${at}/console/`);
  await page.getByLabel(word(locale, "name")).fill(name);
  await page.getByLabel(word(locale, "password")).fill(password);
  await page.getByRole("button", { name: word(locale, "sign_in") }).click();
  await page.getByText(word(locale, "live"), { exact: true }).waitFor();
}

export async function signedIn(name, { locale, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options, ...(locale ? { locale } : {}) });
  const page = await context.newPage();
  await signIn(page, name, locale);
  return page;
}

export const becomes = async (box, text) => {
  for (let i = 0; i < 100 && (await box.inputValue()) !== text; i++) await new Promise((r) => setTimeout(r, 20));
  assert.equal(await box.inputValue(), text);
};

export const opens = (page, who) => page.locator(".row", { hasText: who }).first().click();

// finds opens what a search finds: the index is a second behind, so it asks until it does.
export async function finds(page, query, who) {
  const box = page.getByRole("searchbox");
  const row = page.locator("button.row", { hasText: who }).first();
  for (let i = 0; i < 20 && !(await row.isVisible()); i++) {
    await box.fill("");
    await box.fill(query);
    await row.waitFor({ timeout: 400 }).catch(() => undefined);
  }
  await row.click();
}

export async function sound(page, what) {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((a) => a.finished))); // half faded in, nothing has its contrast
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  assert.deepEqual(
    found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).slice(0, 3).join(" | ")}`),
    [],
    what,
  );
}

// fits: nobody has to scroll sideways (WCAG 2.2, 1.4.10).
export async function fits(page, what) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${what}: ${over} px too wide`);
}

export async function shot(page, name) {
  if (shots !== "") await page.screenshot({ path: `${shots}/${name}.png` });
}

// pictured looks at a page twice, in the light and in the dark; PARLEY_ALBUM is where that goes.
export async function pictured(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    if (process.env.PARLEY_ALBUM) await page.screenshot({ path: `${process.env.PARLEY_ALBUM}/${name}-${colorScheme}.jpg`, type: "jpeg", quality: 80 });
  }
  await page.emulateMedia({ colorScheme: null });
}

// With PARLEY_CORE=1 only the journeys of the core are made: they are short, and each that
// needs another finds it made before.
const onlyCore = process.env.PARLEY_CORE === "1";
export const core = (name, go) => made(name, go);
export const journey = (name, go) => (onlyCore ? undefined : made(name, go));

let journeys = 0;
async function made(name, go) {
  const begun = Date.now();
  await go();
  journeys++;
  console.log(`ok ${name} (${Date.now() - begun} ms)`);
}

// done closes the browser and says how many journeys were made.
export async function done() {
  await browser.close();
  console.log(`${journeys} journeys`);
}
