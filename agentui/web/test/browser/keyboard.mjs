// A shift without a mouse: everything that people do most, by keys alone. Wherever the
// focus goes it is seen, and it is never lost.
import assert from "node:assert/strict";
import { at, becomes, browser, done, heard, journey, password, sent, shot, watched } from "./rig.mjs";

const wide = { viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" };

// unpointed is a page that has no pointer: whatever begins with one ends the journeys.
async function unpointed(options = {}) {
  const page = watched(await (await browser.newContext({ ...wide, ...options })).newPage(), "by keyboard");
  await page.exposeFunction("pointed", () => assert.fail("a pointer was used"));
  await page.addInitScript(() => addEventListener("pointerdown", () => globalThis.pointed(), true));
  return page;
}

// focus is where the keys go: what it is called, and whether anybody sees that it has them.
const focus = (page) =>
  page.evaluate(() => {
    const el = document.activeElement;
    const box = el.getBoundingClientRect();
    const s = getComputedStyle(el);
    return {
      name: `${el.localName} ${el.getAttribute("aria-label") ?? el.labels?.[0]?.innerText ?? el.innerText ?? ""}`.replace(/\s+/g, " ").trim().slice(0, 60),
      lost: el === document.body,
      seen: el.matches(":focus-visible") && s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2,
      shown: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
  });

// seen fails where nobody sees what has the focus.
async function seen(page, after) {
  let f = await focus(page);
  for (let i = 0; i < 50 && !(f.seen && f.shown); i++) {
    await new Promise((r) => setTimeout(r, 20)); // what was done is on its way to the screen
    f = await focus(page);
  }
  assert.ok(!f.lost, `after ${after} the focus is lost`);
  assert.ok(f.seen && f.shown, `after ${after} nobody sees that ${f.name} has the focus: ${JSON.stringify(f)}`);
}

const has = (locator) => locator.evaluate((el) => el === document.activeElement).catch(() => false);

// gets waits until something has the focus.
async function gets(locator, after) {
  await locator.waitFor();
  for (let i = 0; i < 100 && !(await has(locator)); i++) await new Promise((r) => setTimeout(r, 20));
  if (!(await has(locator))) assert.fail(`after ${after} the focus is at ${(await focus(locator.page())).name}`);
}

// goes presses Tab until something has the focus; every stop on the way is seen.
async function goes(page, locator, key = "Tab") {
  await locator.waitFor();
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press(key);
    if (await has(locator)) return seen(page, key);
    if (!(await focus(page)).lost) await seen(page, key);
  }
  assert.fail(`${key} never comes to ${locator}`);
}

// round goes by Tab until it comes back to where it began: it passes whatever can have the
// focus (in a dialog, what is in there), and nothing keeps it.
async function round(page, what, key = "Tab") {
  const stops = [];
  await page.evaluate(() => document.querySelectorAll("[data-stop]").forEach((el) => el.removeAttribute("data-stop")));
  for (let i = 0; i < 200; i++) {
    await page.keyboard.press(key);
    const f = await focus(page);
    if (!f.lost) await seen(page, `${key} through ${what}`);
    const again = await page.evaluate(() => document.activeElement.hasAttribute("data-stop") || (document.activeElement.setAttribute("data-stop", ""), false));
    if (again) {
      const missed = await page.evaluate(() =>
        [...(document.querySelector("dialog[open]") ?? document).querySelectorAll("a[href], button:enabled, input:enabled, textarea:enabled, select:enabled, summary, [tabindex='0']")]
          .filter((el) => el.checkVisibility({ visibilityProperty: true }) && !el.hasAttribute("data-stop") && !el.closest("[popover]:not(:popover-open)") && !(el.type === "radio" && !el.checked))
          .map((el) => el.outerHTML.slice(0, 120)),
      );
      assert.deepEqual(missed, [], `${key} passes by`);
      return stops;
    }
    stops.push(f.name);
  }
  assert.fail(`${what} keeps the focus: ${stops.slice(-5).join(" | ")}`);
}

const ann = await unpointed();
const key = (k) => ann.keyboard.press(k);
const type = (text) => ann.keyboard.type(text);
const row = (who) => ann.locator(".row", { hasText: who }).first();
const dialog = ann.getByRole("dialog");
const closed = () => ann.locator("dialog").waitFor({ state: "detached" }); // one that is closed and still there has no role
const button = (name, of = ann) => of.getByRole("button", { name, exact: true });

await journey("one signs in, and goes round the page by Tab, forwards and back", async () => {
  await ann.goto(`${at}/console/`);
  await gets(ann.getByLabel("Name"), "loading");
  await seen(ann, "loading");
  await type("ann");
  await goes(ann, ann.getByLabel("Password"));
  await type(password);
  await key("Enter");
  await ann.getByText("Live", { exact: true }).waitFor();
  await row("Tom Baker").waitFor();
  const forwards = await round(ann, "the list");
  assert.ok(forwards.length > 12, `only ${forwards.length} stops`);
  await round(ann, "the list", "Shift+Tab");
});

await journey("one chooses from the list, takes, answers, and the focus comes back to the row", async () => {
  await goes(ann, row("Tom Baker"));
  await key("Enter");
  await ann.getByRole("heading", { name: "Tom Baker" }).waitFor();
  await round(ann, "a conversation that waits");
  await goes(ann, button("Take", ann.getByRole("toolbar")));
  await key("Enter");
  await ann.getByText("Yours", { exact: true }).last().waitFor();
  await ann.getByRole("textbox", { name: "Reply" }).waitFor();
  await ann.waitForFunction(() => document.activeElement !== document.body).catch(() => assert.fail("taking it lost the focus"));
  await seen(ann, "taking it");
  await round(ann, "a conversation of one's own");
  await round(ann, "a conversation of one's own", "Shift+Tab");
  await key("r");
  await gets(ann.getByRole("textbox", { name: "Reply" }), "r");
  await type("By keys alone.");
  await key("Control+Enter");
  await heard("By keys alone.");
  await key("n");
  await becomes(ann.getByRole("textbox", { name: "Reply" }), "n"); // one is still in the box
  await key("Backspace");
  await key("Escape");
  await seen(ann, "leaving the box");
  await key("n");
  await gets(ann.getByRole("textbox", { name: "Note" }), "n");
  await type("noted without a mouse");
  await goes(ann, button("Keep note"));
  await key("Enter");
  await ann.locator(".note", { hasText: "noted without a mouse" }).first().waitFor();
  await key("Escape");
  await key("Escape");
  await gets(row("Tom Baker"), "leaving the conversation");
  await seen(ann, "leaving the conversation");
});

await journey("one gives it away, and hands back to the bot with an answer put right", async () => {
  await key("Enter");
  await ann.getByRole("heading", { name: "Tom Baker" }).waitFor();
  await ann.locator(".bubble").first().waitFor();
  await key("t");
  await dialog.getByLabel(/^bob/).waitFor();
  await goes(ann, dialog.getByRole("radio").first());
  for (let i = 0; i < 4 && !(await dialog.getByLabel(/^bob/).isChecked()); i++) await key("ArrowDown");
  await goes(ann, dialog.getByLabel("What they should know"));
  await type("likes fish");
  await key("Enter");
  await ann.getByText("bob has it", { exact: true }).waitFor();
  await closed();
  await seen(ann, "giving it away");

  await key("Escape");
  await goes(ann, row("Zoë Ferreira"));
  await key("Enter");
  await ann.getByRole("heading", { name: "Zoë Ferreira" }).waitFor();
  await ann.getByText("A-10045 wants a person").first().waitFor();
  await key("c");
  await ann.getByText("Yours", { exact: true }).last().waitFor();
  await gets(row("Zoë Ferreira"), "taking it by its key");
  await key("b");
  await goes(ann, dialog.getByRole("radio").first());
  await key("ArrowDown");
  await key("ArrowDown");
  assert.ok(await dialog.getByLabel("Ask boxes").isChecked());
  await goes(ann, dialog.getByLabel("day", { exact: true }));
  await key("Control+a");
  await type("2026-12-27");
  await goes(ann, button("Hand back", dialog));
  await key("Enter");
  await heard("How many boxes on");
  await closed();
  await seen(ann, "handing it back");
  await key("Escape");
  await seen(ann, "leaving what is no longer in the list");
});

await journey("the palette finds, does, and gives the focus back", async () => {
  await goes(ann, row("عمر خالد"));
  await key("Enter");
  await ann.getByRole("heading", { name: "عمر خالد" }).waitFor();
  await key("Control+k");
  await gets(ann.getByLabel("Find"), "Ctrl K");
  await key("Escape");
  await closed();
  await gets(row("عمر خالد"), "leaving the palette");
  await key("Control+k");
  await gets(ann.getByLabel("Find"), "Ctrl K");
  await type("take");
  await button("Take the conversation c", dialog).waitFor();
  await key("ArrowDown");
  await gets(dialog.getByRole("button").first(), "an arrow");
  await seen(ann, "an arrow");
  await key("Enter");
  await ann.getByText("Yours", { exact: true }).last().waitFor();
  await key("Control+k");
  await gets(ann.getByLabel("Find"), "Ctrl K");
  await type("labels");
  await key("Enter");
  const labels = ann.getByLabel("Separated by commas");
  await gets(labels, "choosing labels");
  await type("by keys");
  await key("Enter");
  await ann.locator(".head .chip", { hasText: "by keys" }).waitFor();
  await closed();
  await seen(ann, "keeping labels");
  await shot(ann, "keyboard");
});

await journey("one closes, after being asked, and is at the list again", async () => {
  await key("e");
  await dialog.getByRole("heading", { name: "Close this conversation?" }).waitFor();
  await key("Escape");
  await closed();
  await ann.getByText("Yours", { exact: true }).last().waitFor();
  await key("e");
  await goes(ann, button("Close it", dialog));
  await key("Enter");
  await ann.getByText("The bot has it", { exact: true }).waitFor();
  await closed();
  await seen(ann, "closing it");
  await key("Escape");
  await ann.getByText("Nothing is open").waitFor();
  await gets(ann.locator(".list .row").first(), "leaving what was closed");
  await seen(ann, "leaving what was closed");
});

await journey("search, settings, one's sign-in and the way out, and nothing traps", async () => {
  await key("/");
  await gets(ann.getByRole("searchbox", { name: "Search" }), "/");
  await type("0160");
  await ann.getByText("One conversation", { exact: true }).waitFor();
  await goes(ann, row("Maria González"));
  await key("Enter");
  await ann.getByRole("heading", { name: "Maria González" }).waitFor();
  await key("/");
  await key("Escape");
  await gets(row("Maria González"), "leaving the search");
  await goes(ann, button("Settings"));
  await key("Enter");
  await ann.getByLabel("On the desktop").waitFor();
  await goes(ann, ann.getByLabel("With a sound"));
  await key("Escape");
  await ann.getByLabel("On the desktop").waitFor({ state: "hidden" });
  await gets(button("Settings"), "leaving the settings");
  await goes(ann, ann.getByTitle("Your sign-in"), "Shift+Tab");
  await key("Enter");
  await ann.getByLabel("Your password").waitFor();
  await round(ann, "the sign-in");
  await key("Escape");
  await gets(ann.getByTitle("Your sign-in"), "leaving the sign-in");
  await key("f");
  await ann.getByRole("complementary", { name: "The bot’s flow" }).waitFor();
  await round(ann, "a flow's picture");
  await key("f");
  await key("?");
  await ann.getByLabel("Single keys do something").waitFor();
  await round(ann, "the keys");
  await key("Escape");
  await goes(ann, button("Sign out"));
  await key("Enter");
  await ann.getByLabel("Password").waitFor();
  await ann.context().close();
});

await journey("the focus is seen in forced colours and at 320 px too", async () => {
  const page = await unpointed({ forcedColors: "active", viewport: { width: 320, height: 640 } });
  await page.goto(`${at}/console/`);
  await gets(page.getByLabel("Name"), "loading");
  await page.keyboard.type("bob");
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  const first = page.locator(".row", { hasText: "Maria González" });
  await goes(page, first);
  await page.keyboard.press("Enter");
  await page.locator(".bubble").first().waitFor();
  await page.keyboard.press("Escape");
  await gets(first, "leaving a conversation at 320 px");
  await round(page, "the list at 320 px");
  await page.setViewportSize(wide.viewport);
  await goes(page, first);
  await page.keyboard.press("Enter");
  await page.locator(".row[aria-current]").waitFor();
  const outline = () => page.locator(".row[aria-current]").evaluate((el) => JSON.stringify(["Style", "Width", "Offset", "Color"].map((k) => getComputedStyle(el)[`outline${k}`])));
  const focused = await outline();
  await page.keyboard.press("Tab");
  assert.notEqual(await outline(), focused, "the row that is open looks the same with the focus and without");
  await page.context().close();
  assert.ok(!(await sent()).some((m) => m.includes("noted")), "a note reached the carrier");
});

await done();
