import { test } from "node:test";
import assert from "node:assert/strict";
import { load } from "./load.mjs";

const { Once } = await load("once.ts");
const { isNumber } = await load("number.ts");

test("the same goes out under one id until there is an answer to it", () => {
  const once = new Once();
  const first = once.id("a");
  assert.notEqual(once.id("b"), first);
  assert.equal(once.id("a"), first, "no answer came");
  once.answered("a", 503);
  assert.equal(once.id("a"), first, "the server cannot tell");
  for (const status of [200, 409, 422, 429]) {
    const id = once.id("a");
    once.answered("a", status);
    assert.notEqual(once.id("a"), id, String(status));
  }
});

test("a number begins with a + and has 7 to 15 digits", () => {
  for (const good of ["+12025550123", "+1 (202) 555-0123", " +49\u00a030\u2011901820 ", "+\u0661\u0662\u0660\u0662\u0665\u0665\u0665\u0660\u0661\u0662\u0663", "\u202a+34 600.123.456\u202c"]) assert.ok(isNumber(good), good);
  for (const bad of ["", "12", "2025550123", "0034600123456", "+123456", "+1234567890123456", "+1202555o123", "+1202555x0123", "++12025550123", "tel:+12025550123"]) assert.ok(!isNumber(bad), bad);
});
