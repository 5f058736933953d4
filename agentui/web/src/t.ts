// What the page says, in the language of whoever reads it: the setting of this browser, or
// else the first of its languages that there is. Everything that people read stands in
// words/*.json; English is what the others are held to.
import type { ComponentChild } from "preact";
import en from "./words/en.json";
import es from "./words/es.json";

export type Key = keyof typeof en;
type Phrase = string | { one: string; other: string };
type Phrases = Record<Key, Phrase>;

// mirrored stands for a language that is written from right to left: English, turned round
// letter by letter, so that whoever sees it knows it for a trial.
export const mirrored = "ar-XB";

const turned = (text: string) => text.split(/(\{\w+\})/).map((part, i) => (i % 2 === 1 ? part : part.replace(/\S(?:.*\S)?/s, "\u202e$&\u202c"))).join("");
const mirror = (all: Phrases) =>
  Object.fromEntries(Object.entries(all).map(([key, p]) => [key, typeof p === "string" ? turned(p) : { one: turned(p.one), other: turned(p.other) }])) as Phrases;

export const languages: Record<string, string> = { en: "English", es: "Español" };
const catalogues: Record<string, () => Phrases> = { en: () => en, es: () => es, [mirrored]: () => mirror(en) };

const kept = "parley/language";

// choose finds the language to speak, and as which of its kinds dates are written.
export function choose(setting: string | null, browsers: readonly string[]): { speaks: string; locale: string } {
  for (const tag of setting ? [setting, ...browsers] : browsers) {
    const speaks = tag === mirrored ? tag : (tag.split("-")[0] ?? "").toLowerCase();
    if (!Object.hasOwn(catalogues, speaks)) continue;
    if (tag === mirrored) return { speaks, locale: "en" };
    return { speaks, locale: browsers.find((b) => b.toLowerCase().startsWith(speaks)) ?? speaks };
  }
  return { speaks: "en", locale: "en" };
}

const box = globalThis.window === undefined ? null : localStorage;
export const chosen = () => box?.getItem(kept) ?? "";

// speak takes another language, or ("") the browser's, from the next reading of the page.
export function speak(language: string) {
  if (language === "") box?.removeItem(kept);
  else box?.setItem(kept, language);
  location.reload();
}

const { speaks, locale: tag } = choose(box === null ? null : box.getItem(kept), globalThis.navigator?.languages ?? []);
export const locale = tag;
const words = catalogues[speaks]!();
const plural = new Intl.PluralRules(locale);
const numbers = new Intl.NumberFormat(locale);
if (globalThis.document !== undefined) {
  document.documentElement.lang = speaks === mirrored ? "en" : speaks;
  document.documentElement.dir = speaks === mirrored ? "rtl" : "ltr";
}

type Values = Record<string, string | number>;

function phrase(key: Key, n?: string | number): string {
  const p = words[key];
  if (typeof p === "string") return p;
  return plural.select(Number(n)) === "one" ? p.one : p.other;
}

// t says something; what stands in braces is filled in, and n chooses between one and many.
export function t(key: Key, values: Values = {}): string {
  return phrase(key, values.n).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const v = values[name];
    return v === undefined ? whole : typeof v === "number" ? numbers.format(v) : v;
  });
}

// rich is t for what is more than text; n chooses here, too.
export function rich(key: Key, values: Record<string, ComponentChild>): ComponentChild[] {
  const n = typeof values.n === "number" ? values.n : undefined;
  const filled = (v: ComponentChild) => (typeof v === "number" ? numbers.format(v) : v);
  return phrase(key, n).split(/\{(\w+)\}/).map((part, i) => (i % 2 === 1 ? filled(values[part]) : part));
}

// known says something that the server has a word for, if we have one too.
export function known(key: string, values: Values = {}): string | undefined {
  return Object.hasOwn(words, key) ? t(key as Key, values) : undefined;
}

const sentence = (s: string) => s.charAt(0).toUpperCase() + s.slice(1) + (s === "" || /[.!?]$/.test(s) ? "" : ".");

// said is what the server refused, by its code where that says all; else in its own words.
export function said(r: { code: string; detail: string; field?: string } | null | undefined): string {
  return r == null ? "" : (known(`error.${r.code}`, { field: r.field?.replaceAll("_", " ") ?? "" }) ?? sentence(r.detail));
}
