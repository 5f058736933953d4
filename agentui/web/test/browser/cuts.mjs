// The console where the network is bad: what is missed, what is sent twice, what people
// are told of it.
import assert from "node:assert/strict";
import { becomes, done, heard, journey, opens, password, post, shot, signedIn, sound, times, turns } from "./rig.mjs";

const one = "+12025550171";
const two = "+12025550172";
const network = (how) => post("network", { how });
const customer = (from, text, times = 1) => post("text", { from, text, times });
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

await customer(one, "first of one");
await customer(two, "first of two");
const ann = await signedIn("ann");

// Every number that any socket tells, in the order in which the page hears it.
const numbers = [];
const resyncs = [];
let live = 0;
const listen = (socket) =>
  socket.on("framereceived", ({ payload }) => {
    const f = JSON.parse(payload);
    if (f.op === "ev") numbers.push(f.d.seq);
    if (f.op === "resync") {
      numbers.length = 0;
      resyncs.push(f.d.reason);
    }
    if (f.op === "live") live = Date.now();
  });
ann.on("websocket", listen);
await ann.reload();
const bar = ann.locator(".trouble-bar");
const online = () => ann.getByText("Live", { exact: true }).waitFor({ timeout: 25_000 });
const troubled = async (what, within) => {
  const begun = Date.now();
  await bar.getByText(what).waitFor({ timeout: within });
  return Date.now() - begun;
};
const contiguous = () => numbers.forEach((n, i) => assert.ok(i === 0 || n === numbers[i - 1] + 1, `after ${numbers[i - 1]} came ${n}`));
await online();
for (const text of ["first of one", "first of two"]) {
  await opens(ann, text);
  await ann.getByRole("button", { name: "Take", exact: true }).click();
  await ann.getByRole("textbox", { name: "Reply" }).waitFor();
}
const box = ann.getByRole("textbox", { name: "Reply" });
const reply = async (text) => {
  await box.fill(text);
  await ann.keyboard.press("Control+Enter");
};

await journey("thirty seconds without network, and nothing is lost or doubled", async () => {
  await ann.evaluate(() => {
    globalThis.announced = [];
    new MutationObserver(() => globalThis.announced.push(document.querySelector(".trouble-bar").textContent)).observe(document.querySelector(".trouble-bar"), { childList: true, subtree: true, characterData: true });
    globalThis.doubled = new Set();
    new MutationObserver(() => {
      const all = [...document.querySelectorAll(".bubble > p")].map((p) => p.textContent);
      for (const text of all.filter((text, i) => all.indexOf(text) !== i)) globalThis.doubled.add(text);
    }).observe(document.querySelector("main"), { childList: true, subtree: true, characterData: true });
  });
  const before = numbers.length;
  await network("cut");
  const told = await troubled("There is no connection", 2000);
  await reply("to the second, offline");
  await ann.locator(".bubble.waiting", { hasText: "to the second, offline" }).getByText("queued").waitFor();
  await opens(ann, "first of one");
  await ann.getByText("It cannot be read without a connection").waitFor();
  await shot(ann, "cut");
  await sound(ann, "cut");
  await customer("+120255502*", "missed", 150);
  await customer(one, "missed in this one", 50);
  await sleep(30_000 - 2000);
  const mended = Date.now();
  await network("");
  await ann.evaluate(() => dispatchEvent(new Event("online")));
  await ann.locator(".bubble", { hasText: "missed in this one 50" }).last().waitFor();
  const seen = Date.now() - mended;
  await online();
  await turns(() => bar.textContent(), "");
  await heard("to the second, offline");
  contiguous();
  assert.ok(numbers.length - before >= 200, `${numbers.length - before} events`);
  const missed = (await ann.locator(".bubble p", { hasText: /^missed in this one \d+$/ }).allTextContents()).map((t) => Number(t.split(" ").at(-1)));
  assert.deepEqual(missed, Array.from({ length: 50 }, (_, i) => i + 1));
  assert.deepEqual(await ann.evaluate(() => [...globalThis.doubled]), [], "stood there twice");
  assert.equal(await times("to the second, offline"), 1);
  assert.deepEqual((await ann.evaluate(() => globalThis.announced)).length, 2, "told once that it is gone; once taken away");
  assert.ok(seen < 1000, `${seen} ms until what was missed stood there`);
  console.log(`   told after ${told} ms; ${numbers.length - before} events, on the screen ${seen} ms after the network was back`);
});

await journey("what was written offline asks when the customer wrote meanwhile", async () => {
  await network("cut");
  await troubled("There is no connection", 2000);
  await reply("an answer to what stood here");
  await customer(one, "never mind, it works");
  await network("");
  await ann.evaluate(() => dispatchEvent(new Event("online")));
  const waiting = ann.locator(".waiting", { hasText: "an answer to what stood here" });
  await waiting.getByText("The conversation has moved on").waitFor();
  await shot(ann, "moved-on");
  await sound(ann, "moved on");
  assert.equal(await times("an answer to what stood here"), 0);
  await ann.reload();
  await online();
  await opens(ann, "never mind, it works");
  await waiting.getByRole("button", { name: "Send anyway" }).click();
  await heard("an answer to what stood here");
  await waiting.waitFor({ state: "detached" });
  await network("cut");
  await troubled("There is no connection", 2000);
  await reply("regretted");
  await ann.locator(".waiting", { hasText: "regretted" }).getByRole("button", { name: "Cancel" }).click();
  await network("");
  await ann.evaluate(() => dispatchEvent(new Event("online")));
  await online();
  await sleep(500);
  assert.equal(await times("regretted"), 0);
});

await journey("what has become old asks, and is not sent by itself", async () => {
  await network("cut");
  await troubled("There is no connection", 2000);
  await reply("the courier is five minutes away");
  const waiting = ann.locator(".waiting", { hasText: "five minutes away" });
  await waiting.waitFor();
  await ann.evaluate(
    () =>
      new Promise((done) => {
        indexedDB.open("parley").onsuccess = (opened) => {
          const box = opened.target.result.transaction("outbox", "readwrite").objectStore("outbox");
          box.getAll().onsuccess = (e) => {
            for (const o of e.target.result) box.put({ ...o, at: o.at - 360_000 });
            box.transaction.oncomplete = () => {
              new BroadcastChannel("parley/outbox").postMessage("changed");
              done();
            };
          };
        };
      }),
  );
  await network("");
  await waiting.getByText("more than five minutes old").waitFor();
  await online();
  assert.equal(await times("the courier is five minutes away"), 0);
  await waiting.getByRole("button", { name: "Change it" }).click();
  await becomes(box, "the courier is five minutes away");
  await box.fill("");
  await waiting.waitFor({ state: "detached" });
});

await journey("the browser says that it is offline", async () => {
  await ann.context().setOffline(true);
  const told = await troubled("There is no connection", 2000);
  await ann.context().setOffline(false);
  await online();
  console.log(`   told after ${told} ms`);
});

await journey("an answer that is lost sends nothing twice", async () => {
  await network("deaf");
  await reply("once and only once");
  await heard("once and only once");
  await ann.locator(".waiting", { hasText: "once and only once" }).waitFor();
  await network("");
  await online();
  await ann.locator(".waiting").waitFor({ state: "detached" });
  await ann.locator(".bubble", { hasText: "once and only once" }).waitFor();
  assert.equal(await times("once and only once"), 1);
});

await journey("what is sent stands there once, however slowly the list is read", async () => {
  await ann.evaluate(() => {
    globalThis.twice = 0;
    const look = () => {
      globalThis.twice = Math.max(globalThis.twice, [...document.querySelectorAll(".bubble > p")].filter((p) => p.textContent === "stands there once").length);
      requestAnimationFrame(look); // what is painted
    };
    look();
  });
  await ann.route("**/console/api/desk", (r) => setTimeout(() => void r.continue(), 400));
  await reply("stands there once");
  await heard("stands there once");
  await ann.locator(".bubble:not(.waiting)", { hasText: "stands there once" }).waitFor();
  await ann.locator(".waiting", { hasText: "stands there once" }).waitFor({ state: "detached" });
  await ann.unrouteAll({ behavior: "wait" });
  assert.equal(await ann.evaluate(() => globalThis.twice), 1);
});

await journey("a socket that is half open is left when a text has no answer", async () => {
  await network("stall");
  const begun = Date.now();
  await reply("into the void");
  await troubled("There is no connection", 12_000);
  const told = Date.now() - begun;
  await network("");
  await online();
  await heard("into the void");
  assert.equal(await times("into the void"), 1);
  console.log(`   told ${told} ms after it was sent`);
});

await journey("a socket that is half open and silent is dead after 45 seconds", async () => {
  await network("stall");
  const begun = Date.now();
  await bar.getByText("There is no connection").waitFor({ timeout: 52_000 });
  const told = Date.now() - begun;
  await customer(one, "said into silence");
  await network("");
  await online();
  await ann.locator(".bubble", { hasText: "said into silence" }).waitFor();
  assert.ok(told > 20_000 && told < 50_000, `${told} ms`);
  console.log(`   told after ${told} ms`);
});

await journey("where sockets are blocked the page asks, and sends all the same", async () => {
  await network("cut");
  await network("blocked");
  await troubled("Live updates are blocked", 20_000);
  await reply("by request");
  await heard("by request");
  await customer(one, "and back");
  await ann.locator(".bubble", { hasText: "and back" }).waitFor();
  await network("");
  await online();
});

await journey("a server starts again while one writes", async () => {
  await box.pressSequentially("half a sen");
  await post("restart", {});
  await ann.evaluate(() => dispatchEvent(new Event("online")));
  await online();
  await box.pressSequentially("tence");
  assert.equal(await box.inputValue(), "half a sentence");
  await ann.keyboard.press("Control+Enter");
  await heard("half a sentence");
  assert.equal(await times("half a sentence"), 1);
  assert.equal(await times("once and only once"), 1);
});

await journey("a tab that slept through five thousand events", async () => {
  const cdp = await ann.context().newCDPSession(ann);
  await ann.evaluate(() => {
    globalThis.slept = 0;
    let last = Date.now();
    setInterval(() => {
      globalThis.slept = Math.max(globalThis.slept, Date.now() - last);
      last = Date.now();
    }, 50);
  });
  await cdp.send("Debugger.enable");
  await cdp.send("Debugger.pause"); // as a browser does with the clocks of a tab that nobody sees
  const begun = Date.now();
  await sleep(200);
  await network("cut");
  await customer("+120255503*", "asleep", 5000);
  await customer(one, "awake now");
  await network("");
  const woken = Date.now();
  await cdp.send("Debugger.resume");
  await cdp.send("Debugger.disable");
  await ann.evaluate(() => dispatchEvent(new Event("resume")));
  await ann.locator(".bubble", { hasText: "awake now" }).waitFor({ timeout: 30_000 });
  await ann.locator(".tab", { hasText: "Waiting" }).getByText("200", { exact: true }).waitFor({ timeout: 30_000 });
  const shown = Date.now() - woken;
  await online();
  assert.ok((await ann.evaluate(() => globalThis.slept)) > woken - begun - 500, "it did not sleep");
  assert.ok(resyncs.includes("gap"), `resyncs: ${resyncs}`);
  contiguous();
  console.log(`   all of it on the screen ${shown} ms after it woke`);
});

await journey("what was queued is sent by whoever wrote it, and by nobody else", async () => {
  const enters = async (name) => {
    await ann.getByLabel("Name").fill(name);
    await ann.getByLabel("Password").fill(password);
    await ann.getByRole("button", { name: "Sign in" }).click();
    await online();
  };
  await network("cut");
  await troubled("There is no connection", 2000);
  await reply("mine alone");
  await ann.locator(".waiting", { hasText: "mine alone" }).waitFor();
  await ann.context().clearCookies();
  await network("");
  await enters("bob");
  await sleep(1500);
  assert.equal(await ann.locator(".waiting").count(), 0);
  assert.equal(await times("mine alone"), 0, "bob sent what ann wrote");
  await ann.context().clearCookies();
  await ann.reload();
  await enters("ann");
  await heard("mine alone");
  assert.equal(await times("mine alone"), 1);
  await opens(ann, "awake now");
});

await journey("signing out leaves nothing", async () => {
  await network("cut");
  await troubled("There is no connection", 2000);
  await reply("not yet gone");
  await ann.locator(".waiting", { hasText: "not yet gone" }).waitFor();
  await ann.getByRole("button", { name: "Sign out" }).click();
  await ann.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await ann.getByText("You are still signed in").waitFor();
  await ann.getByRole("dialog").getByRole("button", { name: "Good" }).click();
  await customer(one, "so that it asks");
  await network("");
  await ann.evaluate(() => dispatchEvent(new Event("online")));
  await ann.locator(".waiting").getByText("moved on").waitFor();
  await ann.getByRole("button", { name: "Sign out" }).click();
  await ann.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await ann.getByLabel("Password").waitFor();
  const left = await ann.evaluate(() => new Promise((yes) => (indexedDB.open("parley").onsuccess = (e) => (e.target.result.transaction("outbox").objectStore("outbox").count().onsuccess = (c) => yes(c.target.result)))));
  assert.equal(left, 0);
  assert.equal(await times("not yet gone"), 0);
});

await journey("nothing was sent twice, and what was taken back not at all", async () => {
  for (const text of ["to the second, offline", "an answer to what stood here", "once and only once", "stands there once", "into the void", "by request", "half a sentence", "mine alone"]) assert.equal(await times(text), 1, text);
  for (const text of ["regretted", "the courier is five minutes away", "not yet gone"]) assert.equal(await times(text), 0, text);
});

await done();
