import { test } from "node:test";
import assert from "node:assert/strict";
import { load } from "./load.mjs";

const { Ticks } = await load("ticks.ts");

test("a receipt that comes late takes nothing back", () => {
  const t = new Ticks();
  assert.deepEqual(["queued", "sent", "delivered", "sent", "failed", "sending"].map((s) => t.of("m", s)), ["queued", "sent", "delivered", "delivered", "delivered", "delivered"]);
  assert.equal(t.of("other", "failed"), "failed");
  assert.equal(t.of("other", "sent"), "failed");
  assert.equal(t.of("other", "delivered"), "delivered"); // carriers change their minds
});
