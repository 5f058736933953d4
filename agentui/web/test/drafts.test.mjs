import { test } from "node:test";
import assert from "node:assert/strict";
import { load } from "./load.mjs";

const drafts = await load("drafts.ts");

class Box {
  map = new Map();
  get length() {
    return this.map.size;
  }
  key = (i) => [...this.map.keys()][i] ?? null;
  getItem = (k) => this.map.get(k) ?? null;
  setItem = (k, v) => void this.map.set(k, v);
  removeItem = (k) => void this.map.delete(k);
}

test("a draft is kept by person, conversation and kind, and goes with signing out", () => {
  const box = new Box();
  box.setItem("other", "stays");
  drafts.save(box, "ann", "c1", "reply", { text: "dear", rev: 7 });
  drafts.save(box, "ann", "c1", "note", { text: "odd", rev: 8 });
  drafts.save(box, "bob", "c2", "reply", { text: "hi", rev: 1 });
  assert.deepEqual(drafts.load(box, "ann", "c1", "reply"), { text: "dear", rev: 7 });
  assert.deepEqual(drafts.load(box, "ann", "c2", "reply"), { text: "", rev: 0 });
  assert.deepEqual([...drafts.drafted(box, "ann")], ["c1"]);
  drafts.save(box, "ann", "c1", "reply", { text: "", rev: 9 });
  assert.deepEqual(drafts.load(box, "ann", "c1", "reply"), { text: "", rev: 0 });
  box.setItem("parley/draft/ann/c9/reply", "{not json");
  assert.deepEqual(drafts.load(box, "ann", "c9", "reply"), { text: "", rev: 0 });
  drafts.forget(box);
  assert.deepEqual([...box.map.keys()], ["other"]);
});
