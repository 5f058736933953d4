import { test } from "node:test";
import assert from "node:assert/strict";
import { load } from "./load.mjs";

const { news } = await load("news.ts");
const desk = (conversation, more) => ({ conversation, phone: "+1", line: "l", owner: "queue", since: 1, ...more });
const kinds = (before, after) => news({ desks: [], calls: [], ...before }, { desks: [], calls: [], ...after }, "ann").map((n) => `${n.kind} ${n.conversation}`);

test("news is what begins to wait, answers to me, and calls", () => {
  const waits = desk("c1");
  assert.deepEqual(kinds({}, { desks: [waits] }), ["waits c1"]);
  assert.deepEqual(kinds({ desks: [waits] }, { desks: [{ ...waits, text: "more" }] }), []);
  assert.deepEqual(kinds({ desks: [{ ...waits, snoozed: 9 }] }, { desks: [waits] }), ["waits c1"]);
  const mine = desk("c2", { owner: "agent", agent: "ann" });
  assert.deepEqual(kinds({ desks: [mine] }, { desks: [{ ...mine, awaiting: 5 }] }), ["answered c2"]);
  assert.deepEqual(kinds({ desks: [{ ...mine, awaiting: 5 }] }, { desks: [{ ...mine, awaiting: 5, text: "again" }] }), []);
  assert.deepEqual(kinds({ desks: [{ ...mine, awaiting: 5 }] }, { desks: [mine] }), []);
  assert.deepEqual(kinds({ desks: [{ ...waits, awaiting: 5 }] }, { desks: [{ ...waits, owner: "agent", agent: "ann", awaiting: 5 }] }), []);
  const theirs = desk("c3", { owner: "agent", agent: "bob" });
  assert.deepEqual(kinds({ desks: [theirs] }, { desks: [{ ...theirs, awaiting: 5 }] }), []);
  const call = { conversation: "c4", by: "bob", at: 3, phone: "+1" };
  assert.deepEqual(kinds({ calls: [call] }, { calls: [call, { ...call, at: 4 }] }), ["called c4"]);
});
