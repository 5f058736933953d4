// The journeys of the console.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { notices } from "./notices.mjs";
import { pictures } from "./pictures.mjs";
import { at, becomes, browser, core, done, fits, heard, journey, looks, opens, password, post, reached, sent, shot, signedIn, sound, texts, times, word } from "./rig.mjs";
import { windows } from "./windows.mjs";
import { work } from "./work.mjs";

const tom = "+12025550161";

const ann = await signedIn("ann");
const bob = await signedIn("bob");

await journey("the list says when answers are due, and colleagues who is there", async () => {
  await shot(bob, "clocks");
  const row = (who) => bob.locator(".row", { hasText: who });
  await row("Zoë Ferreira").getByText(/Overdue/).waitFor();
  await row("Tom Baker").getByText(/Due in (9|10) min/).waitFor();
  await row("Lee Min").waitFor({ state: "detached" }); // put aside
  await ann.getByRole("button", { name: "Present: say that you are away" }).click();
  await ann.getByText("Away", { exact: true }).waitFor();
  await ann.reload();
  await ann.getByRole("button", { name: "Away: say that you are back" }).waitFor();
  await sound(ann, "away");
  await shot(ann, "away");
  await opens(bob, "Maria González");
  const give = async (where) => {
    await bob.getByRole("button", { name: "Give", exact: true }).click();
    await bob.getByRole("dialog").locator("label", { hasText: "ann" }).getByText(where, { exact: true }).waitFor();
    await shot(bob, `give-${where.replace(" ", "-")}`);
    await bob.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  };
  await give("away");
  await ann.getByRole("button", { name: "Away: say that you are back" }).click();
  await ann.getByRole("button", { name: "Present: say that you are away" }).waitFor();
  await give("at work");
  await bob.keyboard.press("Escape");
});

await core("a flow is taken, and given back at a question with an answer put right", async () => {
  await opens(ann, "Zoë Ferreira");
  await ann.getByText("A-10045 wants a person").first().waitFor();
  assert.ok(!(await ann.content()).includes("94-71-x"), "a secret is on the screen");
  await ann.keyboard.press("c");
  await ann.getByText("Yours", { exact: true }).last().waitFor();
  await shot(ann, "thread");
  await ann.keyboard.press("b");
  await ann.getByLabel("Ask boxes").check();
  await ann.getByLabel("day", { exact: true }).fill("2026-12-27");
  await shot(ann, "hand-back");
  await ann.getByRole("dialog").getByRole("button", { name: "Hand back" }).click();
  await ann.getByText("The bot has it", { exact: true }).waitFor();
  await heard("27");
});

await core("a reply waits while something newer is unread", async () => {
  await opens(ann, "Tom Baker");
  await ann.getByRole("button", { name: "Take", exact: true }).click();
  const box = ann.getByRole("textbox", { name: "Reply" });
  await box.fill("Try turning it off");
  await texts(tom, "the cat is better now");
  await ann.getByText("A newer message arrived while you wrote.").waitFor();
  assert.ok(await ann.getByRole("button", { name: "Send", exact: true }).isDisabled());
  await shot(ann, "newer");
  await ann.reload();
  await ann.getByText("Live", { exact: true }).waitFor();
  await opens(ann, "Tom Baker");
  await becomes(box, "Try turning it off"); // the draft
  await ann.getByText("A newer message arrived while you wrote.").waitFor();
  await ann.getByRole("button", { name: "Send anyway" }).click();
  await heard("Try turning it off");
  await becomes(box, "");
});

await core("the counter names the character that costs", async () => {
  const box = ann.getByRole("textbox", { name: "Reply" });
  await box.fill("It’s on its way");
  await ann.getByText("leaves only 70 a segment").waitFor();
  await ann.getByRole("button", { name: "Write ' instead" }).click();
  await becomes(box, "It's on its way");
  await ann.getByText("1 segment · 145 left").waitFor();
  await box.fill("");
});

await journey("a lead keeps a reply, and an agent uses it, filled in", async () => {
  await opens(bob, "Maria González");
  await bob.getByRole("button", { name: "Saved replies" }).click();
  await bob.getByRole("button", { name: "Keep or change replies" }).click();
  const sheet = bob.getByRole("dialog");
  await sheet.getByLabel("Name").fill("sorry");
  await sheet.getByLabel("Text").fill("{{ contact.nobody");
  await sheet.getByRole("button", { name: "Keep it" }).click();
  await sheet.getByRole("alert").waitFor();
  await sheet.getByLabel("Text").fill("Sorry, {{ contact.name }}. {{ agent }} of {{ brand }}");
  await sheet.getByRole("button", { name: "Keep it" }).click();
  await sheet.getByRole("button", { name: "/sorry" }).waitFor();
  await sound(bob, "saved replies");
  await shot(bob, "replies");
  await sheet.getByRole("button", { name: "Close" }).click();
  const box = ann.getByRole("textbox", { name: "Reply" });
  await box.pressSequentially("/so");
  await shot(ann, "choice");
  await ann.getByRole("button", { name: "/sorry" }).click();
  await becomes(box, "Sorry, Tom Baker. ann of Acme");
  await box.fill("");
});

await core("a note calls a colleague and reaches no carrier", async () => {
  await ann.getByRole("button", { name: "Note", exact: true }).click();
  const box = ann.getByRole("textbox", { name: "Note" });
  await box.fill("@b");
  await ann.getByRole("button", { name: "@bob" }).click();
  await box.pressSequentially("knows cats");
  await ann.keyboard.press("Control+Enter");
  await ann.locator(".note:not(.waiting)", { hasText: "knows cats" }).waitFor();
  await bob.getByText("ann names you in a note").waitFor();
});

await core("colleagues see each other, and a conversation goes from one to the other", async () => {
  await opens(bob, "Tom Baker");
  await ann.locator(".lookers", { hasText: "bob looks at this" }).waitFor();
  await ann.getByRole("button", { name: "Reply", exact: true }).click();
  await ann.getByRole("textbox", { name: "Reply" }).pressSequentially("One mo");
  await bob.locator(".lookers", { hasText: "ann is typing" }).waitFor();
  await ann.getByRole("textbox", { name: "Reply" }).fill("");
  await ann.getByRole("button", { name: "Give" }).click();
  await ann.getByLabel(/^bob/).check();
  await ann.getByLabel("What they should know").fill("likes fish");
  await ann.getByRole("dialog").getByRole("button", { name: "Give" }).click();
  await ann.getByText("bob has it", { exact: true }).waitFor();
  await bob.getByText("Yours", { exact: true }).last().waitFor();
});

await core("what failed is sent again, and ticks go one way", async () => {
  const box = bob.getByRole("textbox", { name: "Reply" });
  await box.fill("A colleague brings it");
  await bob.keyboard.press("Control+Enter");
  const bubble = bob.locator(".bubble", { hasText: "A colleague brings it" });
  await bubble.getByTitle("sent", { exact: true }).waitFor();
  await post("report", { text: "A colleague brings it", status: "failed", code: "30003" });
  await bubble.getByText("the phone cannot be reached").waitFor();
  await shot(bob, "failed");
  await bubble.getByRole("button", { name: "Resend" }).click();
  await bob.locator(".bubble", { hasText: "A colleague brings it" }).nth(1).waitFor();
  await bob.getByText("sent again").waitFor();
  await reached("A colleague brings it", 2);
  assert.ok(!(await sent()).some((m) => m.includes("knows cats")), "a note reached the carrier"); // it would have gone out before
  await post("report", { text: "A colleague brings it", status: "delivered", code: "" });
  await bob.getByTitle("delivered").nth(1).waitFor();
  await post("report", { text: "A colleague brings it", status: "sent", code: "" });
  await bob.waitForTimeout(2600); // what comes late must change nothing, also when the page has asked again
  assert.equal(await bob.getByTitle("delivered").count(), 2);
  assert.equal(await times("A colleague brings it"), 2);
});

await core("whoever opts out while one writes is not texted", async () => {
  await bob.getByRole("textbox", { name: "Reply" }).fill("And another thing");
  await texts(tom, "STOP");
  await bob.getByText("The customer has opted out of texts.").waitFor();
  assert.equal(await bob.getByRole("button", { name: "Send anyway" }).count(), 0, "what the server refuses is offered");
  await bob.getByRole("button", { name: "I have read it" }).click(); // their STOP: something newer stops no more
  await bob.getByText("A newer message arrived while you wrote.").waitFor({ state: "detached" });
  assert.ok(await bob.getByRole("button", { name: "Send", exact: true }).isDisabled());
  assert.ok(await bob.getByRole("textbox", { name: "Reply" }).isDisabled());
  await shot(bob, "opted-out");
});

await journey("a snoozed conversation comes back when the customer writes", async () => {
  await ann.keyboard.press("Escape");
  await ann.keyboard.press("g");
  await ann.keyboard.press("z");
  await ann.locator(".row", { hasText: "Lee Min" }).waitFor();
  await texts("+12025550165", "hello?");
  await ann.getByText("Nothing is put aside").waitFor();
  await ann.keyboard.press("g");
  await ann.keyboard.press("m");
  await ann.locator(".row", { hasText: "Lee Min" }).waitFor();
});

await journey("keys do nothing where somebody types, or when they are off", async () => {
  await ann.keyboard.press("j");
  await ann.getByRole("heading", { name: "Lee Min" }).waitFor();
  await ann.keyboard.press("n");
  await ann.getByRole("textbox", { name: "Note" }).pressSequentially("e b t c z ?");
  assert.equal(await ann.getByRole("textbox", { name: "Note" }).inputValue(), "e b t c z ?");
  assert.equal(await ann.getByRole("dialog").count(), 0);
  await ann.getByRole("textbox", { name: "Note" }).fill("");
  await ann.keyboard.press("Escape");
  await ann.keyboard.press("?");
  await ann.getByLabel("Single keys do something").uncheck();
  await shot(ann, "keys");
  await ann.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await ann.keyboard.press("z");
  assert.equal(await ann.getByRole("dialog").count(), 0);
});

await journey("the palette does what keys do, and nothing that cannot be done", async () => {
  await opens(bob, "Maria González");
  await bob.getByRole("heading", { name: "Maria González" }).waitFor();
  await bob.keyboard.press("Control+k");
  const find = bob.getByRole("textbox", { name: "Find" });
  await find.fill("take");
  await bob.getByText("Nothing is called so").waitFor();
  await find.fill("");
  await sound(bob, "palette");
  await shot(bob, "palette");
  await find.fill("labels");
  await bob.keyboard.press("Enter");
  await bob.getByLabel("Separated by commas").fill("late, spanish, called");
  await bob.getByRole("button", { name: "Keep", exact: true }).click();
  await bob.locator(".head .chip", { hasText: "called" }).waitFor();
});

await work({ ann, bob });

await journey("a second factor is turned on, and asked for", async () => {
  const key = (secret) => Buffer.from([...secret.replace(/\s/g, "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("").match(/.{8}/g).map((b) => parseInt(b, 2)));
  const code = (secret, step) => {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const sum = createHmac("sha1", key(secret)).update(counter).digest();
    return String((sum.readUInt32BE(sum[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
  };
  const eve = await signedIn("fay");
  await eve.getByTitle("Your sign-in").click();
  const sheet = eve.getByRole("dialog");
  await sheet.getByLabel("Your password").fill(password);
  await sheet.getByRole("button", { name: "Begin" }).click();
  const secret = await sheet.locator(".secret").textContent();
  const now = Math.floor(Date.now() / 30_000);
  await sound(eve, "second factor");
  await shot(eve, "second-factor");
  await sheet.getByLabel("The code").fill(code(secret, now));
  await sheet.getByRole("button", { name: "Turn it on" }).click();
  await sheet.getByText("besides your password").waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();
  await eve.getByRole("button", { name: "Sign out" }).click();
  await eve.getByLabel("Name").fill("fay");
  await eve.getByLabel("Password").fill(password);
  await eve.getByRole("button", { name: "Sign in" }).click();
  await eve.getByLabel("The code").fill(code(secret, now + 1));
  await eve.getByRole("button", { name: "Sign in" }).click();
  await eve.getByText("Live", { exact: true }).waitFor();
  await eve.context().close();
});

await journey("a conversation is found by what one knows of it", async () => {
  const box = bob.getByRole("searchbox", { name: "Search" });
  await bob.keyboard.press("Escape");
  await bob.keyboard.press("Escape");
  await bob.keyboard.press("/");
  for (const [query, who] of [["0160", "Maria González"], ["omar", ""], ["عمر", "عمر خالد"], ["cat router", "Tom Baker"], ["A-10045", "Zoë Ferreira"]]) {
    await box.fill(query);
    if (who === "") await bob.getByText("Nothing is found").waitFor();
    else await bob.locator(".row", { hasText: who }).waitFor();
  }
  await sound(bob, "search");
  await shot(bob, "search");
  await bob.locator(".row", { hasText: "Zoë Ferreira" }).click();
  await bob.getByRole("heading", { name: "Zoë Ferreira" }).waitFor();
  await box.press("Escape");
  await bob.getByText("Waiting", { exact: true }).first().waitFor();
});

await core("what customers write is text, and an auditor reads", async () => {
  const eve = await signedIn("eve");
  await opens(eve, "Ines <script>");
  await eve.locator(".bubble", { hasText: "<img src=x onerror=alert(1)>" }).waitFor();
  await eve.getByText("You read here, and do nothing.").waitFor();
  assert.equal(await eve.getByRole("button", { name: "Take" }).count(), 0);
  await eve.context().close();
});

await notices();

await windows(ann);

await journey("every screen is accessible: wide and narrow, light and dark, in forced colours, in each language", async () => {
  for (const { size, ...options } of looks) {
    const locale = options.locale ?? "en";
    const name = [size, ...Object.values(options)].join("-");
    const set = { viewport: size === "wide" ? { width: 1440, height: 900 } : { width: 320, height: 640 }, reducedMotion: "reduce", ...options };
    const context = await browser.newContext(set);
    const first = await context.newPage();
    await first.goto(`${at}/console/`);
    await first.getByLabel(word(locale, "name")).waitFor();
    await sound(first, `sign-in ${name}`);
    await shot(first, `sign-in-${name}`);
    await context.close();
    const page = await signedIn(options.locale ? "bob" : "ann", set); // ten tries a name are all there are
    const check = async (what) => {
      await sound(page, `${what} ${name}`);
      await fits(page, `${what} ${name}`);
      await shot(page, `${what}-${name}`);
    };
    const button = (key) => page.getByRole("button", { name: word(locale, key), exact: true });
    await page.locator(".row").first().waitFor();
    await check("list");
    await opens(page, "Maria González");
    await page.locator(".bubble").first().waitFor();
    await check("reading");
    if (size === "narrow") {
      await button("about").click();
      await page.getByText(word(locale, "local_time")).waitFor();
      await check("customer");
      await button("close").last().click();
      await button("back").click();
    }
    await button("settings").click();
    await check("settings");
    await page.keyboard.press("Escape");
    await opens(page, "Lee Min");
    await button("hand_back").click();
    await page.getByRole("dialog").waitFor();
    await check("dialog");
    await page.getByRole("dialog").getByRole("button", { name: word(locale, "cancel") }).click();
    await page.context().close();
  }
});

await pictures({ ann, bob, signedIn, sound, shot, journey });

await done();
