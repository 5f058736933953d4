import { test } from "node:test";
import assert from "node:assert/strict";
import { load } from "./load.mjs";

const { before } = await load("order.ts");
const desk = (conversation, more) => ({ conversation, since: 5, ...more });

test("the list stands as it is worked off", () => {
  const all = [
    desk("alert", { priority: "alert", since: 9 }),
    desk("code", { priority: "code", due: 30 }),
    desk("due", { due: 10, since: 9 }),
    desk("due later", { due: 20 }),
    desk("longest", { since: 1 }),
    desk("a"),
    desk("b", { priority: "notice" }),
    desk("bulk", { priority: "bulk", due: 1, since: 0 }),
    desk("aside", { priority: "alert", snoozed: 7, since: 0 }),
    desk("aside too", { snoozed: 6 }),
  ];
  const names = all.map((d) => d.conversation);
  for (let i = 0; i < all.length; i++) assert.deepEqual([...all.slice(i), ...all.slice(0, i)].toReversed().sort(before).map((d) => d.conversation), names);
});
