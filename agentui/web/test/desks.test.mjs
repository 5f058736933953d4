// How the list is read, in a browser of which only what it needs is there.
import { mock, test } from "node:test";
import assert from "node:assert/strict";
import { load } from "./load.mjs";

const beats = []; // what the page does every so often
globalThis.window = { setInterval: (f) => beats.push(f), setTimeout: (...a) => setTimeout(...a), addEventListener() {} };
globalThis.localStorage = { getItem: () => null, setItem() {}, removeItem() {}, key: () => null, length: 0 };
globalThis.document = { visibilityState: "visible", addEventListener() {}, documentElement: {} };
let reloads = 0;
globalThis.location = { href: "http://parley.test/console/#c_1", pathname: "/console/", protocol: "http:", replace: (to) => to === "/console/" && reloads++ };
globalThis.WebSocket = class {
  static OPEN = 1;
  static CONNECTING = 0;
  readyState = 0;
  close() {}
};

let answer; // of the server: status and body by path
const asked = [];
globalThis.fetch = async (path) => {
  asked.push(path);
  const [status, body] = answer(path.replace("/console/api/", ""));
  return { status, headers: new Headers(), text: async () => JSON.stringify(body) };
};
const quiet = async () => {
  for (let i = 0; i < 50; i++) await new Promise(setImmediate);
};

mock.timers.enable({ apis: ["setTimeout"] });
const d = await load("desk.ts");
const row = (conversation, text) => ({ conversation, text, since: 1, owner: "queue" });
const desk = (...conversations) => [200, { conversations, mentions: [] }];
const well = (path) => (path === "me" ? [200, { name: "ann", role: "agent" }] : path === "colleagues" ? [200, { colleagues: [] }] : path.startsWith("conversations/") ? [404, null] : desk(row("c_1", "new")));

test("what could not be read is read again, although nothing else happens", async () => {
  answer = (path) => (path.startsWith("desk") ? desk(row("c_1", "old")) : well(path));
  await d.whoAmI();
  await d.reread([], true);
  assert.equal(d.loaded.value, true);
  answer = (path) => (path.startsWith("desk") ? [503, null] : well(path));
  await d.reread(["c_1"]);
  assert.equal(d.list.value[0].text, "old");
  answer = well;
  mock.timers.tick(5000);
  await quiet();
  assert.equal(d.list.value[0].text, "new");
});

test("whoever is signed out by the server asks for nothing any more", async () => {
  d.open.value = "c_1";
  d.thread.value = { id: "c_1", rev: 1, items: [{ at: Date.now(), status: "sent", position: 256 }] };
  answer = () => [401, null];
  await d.reread([], true);
  assert.equal(d.me.value, null);
  asked.length = 0;
  for (let i = 0; i < 3; i++) {
    for (const beat of beats) beat();
    mock.timers.tick(60_000);
    await quiet();
  }
  assert.deepEqual(asked, []);
});

test("whoever comes back finds the page as it was, and somebody else nothing of it", async () => {
  answer = well;
  await d.whoAmI();
  assert.deepEqual([d.me.value.name, d.open.value, reloads], ["ann", "c_1", 0]);
  answer = () => [401, null];
  await d.reread([], true);
  answer = (path) => (path === "me" ? [200, { name: "bob", role: "agent" }] : well(path));
  await d.whoAmI();
  assert.deepEqual([d.me.value, reloads], [null, 1]);
});
