import { test } from "node:test";
import assert from "node:assert/strict";
import { load } from "./load.mjs";

const { place, wrapped } = await load("layout.ts");

test("texts break between words, and end where there is no more room", () => {
  assert.deepEqual(wrapped("how many boxes on {day}?", 12, 3), ["how many", "boxes on", "{day}?"]);
  assert.deepEqual(wrapped("one two three four", 8, 2), ["one two", "three f…"]);
  assert.deepEqual(wrapped("abcdefghijkl", 5, 9), ["abcde", "fghij", "kl"]);
  assert.deepEqual(wrapped("", 5, 3), []);
});

test("no two states lie over each other, and every way has a line", () => {
  const nodes = ["start", "a", "b", "c", "d"].map((state, i) => ({ id: `n${i}`, label: state, kind: i === 0 ? "start" : "question", state, says: "something of some length that breaks" }));
  const edges = [["n0", "n1"], ["n1", "n2"], ["n1", "n3"], ["n2", "n4"], ["n3", "n4"], ["n4", "n1"], ["n3", "n3"]].map(([from, to]) => ({ from, to, label: "yes\nno\nmaybe\nother" }));
  const p = place({ name: "f", title: "", nodes, edges });
  const apart = (a, b) => Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
  for (const [i, a] of p.nodes.entries()) for (const b of p.nodes.slice(i + 1)) assert.ok(apart(a, b), `${a.title} lies over ${b.title}`);
  for (const e of p.edges) {
    assert.match(e.path, /^M[-\d.]+ [-\d.]+ [QL]/);
    assert.deepEqual(e.lines, ["yes", "no", "and 2 more"]);
  }
});
