// Holds the page's counter to the vectors that outbound/segment writes.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { load } from "./load.mjs";

const { count, simplified } = await load("segments.ts");
const vectors = JSON.parse(await readFile(new URL("../../../outbound/segment/testdata/vectors.json", import.meta.url), "utf8"));

test("the page counts as the server does", () => {
  assert.ok(vectors.length > 50);
  for (const { text, ...want } of vectors) assert.deepEqual(count(text), want, JSON.stringify(text.slice(0, 30)));
});

test("a plainer text costs less and says the same", () => {
  assert.equal(simplified("It’s “here” – now…"), `It's "here" - now...`);
  assert.equal(count(simplified("It’s")).encoding, "GSM-7");
  assert.equal(simplified("жç€"), "жc€");
});
