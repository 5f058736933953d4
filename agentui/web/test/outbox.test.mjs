import { test } from "node:test";
import assert from "node:assert/strict";
import { load } from "./load.mjs";

const { anyway, came, ready, uuid7 } = await load("outbox.ts");
const { next, pause } = await load("again.ts");

const random = new Uint8Array(16).fill(0xff);
const one = (id, more = {}) => ({ id, me: "ann", at: 0, text: id, command: { id, op: "reply", conversation: "c1" }, ...more });

test("an id sorts by its time, and is of version 7", () => {
  const at = Date.UTC(2026, 10, 27);
  const id = uuid7(at, random);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(id.replace("-", "").slice(0, 12), 16), at);
  assert.ok(uuid7(at, random) < uuid7(at + 1, new Uint8Array(16)));
});

test("what is old asks, and holds back what comes after it, but no note", () => {
  const old = one("a");
  const second = one("b", { at: 300_001 });
  const elsewhere = one("c", { at: 300_001, command: { op: "reply", conversation: "c2" } });
  const note = one("d", { at: 300_001, command: { op: "note", conversation: "c1" } });
  const { go, old: asks } = ready([old, second, elsewhere, note], 300_001);
  assert.deepEqual(go.map((o) => o.id), ["c", "d"]);
  assert.deepEqual(asks, [old]);
  assert.deepEqual(ready([one("a", { asks: "moved" }), second], 300_001), { go: [], old: [] });
  assert.deepEqual(ready([old], 300_000).go, [old]);
});

test("only what has no answer is tried again by itself", () => {
  assert.equal(came("ann", 200, null), "gone");
  for (const status of [401, 429, 500, 502, 503]) assert.equal(came("ann", status, null), "later");
  assert.equal(came("ann", 409, { code: "conflict", detail: "", current: { owner: "agent", agent: "ann" } }), "moved");
  assert.equal(came("ann", 409, { code: "conflict", detail: "", current: { owner: "agent", agent: "bob" } }), "theirs");
  assert.equal(came("ann", 409, { code: "conflict", detail: "" }), "theirs");
  assert.equal(came("ann", 422, { code: "quiet", detail: "" }), "quiet");
  assert.equal(came("ann", 422, { code: "unsure", detail: "" }), "unsure");
  for (const [status, code] of [[422, "opted_out"], [422, "invalid"], [403, "forbidden"], [404, "not_found"], [400, "malformed"]]) assert.equal(came("ann", status, { code, detail: "" }), "refused");
  assert.deepEqual(["old", "moved", "quiet", "unsure", "theirs", "refused"].filter(anyway), ["old", "moved", "quiet", "unsure"]);
});

test("tries come ever later, at random, and never end", () => {
  for (const random of [0, 0.5, 0.999]) {
    for (let n = 0; n < 5000; n++) assert.ok(pause(n, random) >= 250 && pause(n, random) <= 20_000);
  }
  assert.ok(pause(0, 0.99) < 500 && pause(9, 0.99) > 19_000);
});

test("each close has its own answer", () => {
  assert.equal(next(4001, "", 0, 0).what, "out");
  assert.equal(next(4003, "", 0, 0).what, "role");
  assert.equal(next(4010, "", 0, 0).what, "outdated");
  assert.ok(next(4009, "", 0, 0).what === "windows" && next(4009, "", 0, 0).in >= 30_000);
  assert.ok(next(4008, "", 9, 0.99).in <= 500);
  assert.deepEqual(next(1006, "", 0, 0), { what: "again", in: 250 });
  assert.equal(next(1012, "retry_after_ms=1500", 0, 0).in, 1500);
  assert.equal(next(1013, "retry_after_ms=999999", 0, 0).in, 60_000);
  assert.equal(next(1013, "retry_after_ms=no", 0, 0).in, 250);
});
