// The pictures of docs/img: every screen of the console, in the light and in the dark. One
// page goes through a shift; where it stops, it is looked at twice.
import { browser, done, heard, journey, opens, pictured, post, signIn, texts, word } from "./rig.mjs";

const tom = "+12025550161";
const zoe = "+12025550123";
const wide = { width: 1280, height: 800 };
const narrow = { width: 375, height: 740 };
const bob = await (await browser.newContext({ viewport: wide, reducedMotion: "reduce", timezoneId: "Europe/Lisbon" })).newPage();

const seen = (name) => pictured(bob, name);
const button = (key, of = bob) => of.getByRole("button", { name: word("en", key), exact: true });
const dialog = bob.getByRole("dialog");
const answer = bob.locator("#answer");

async function asked(name) {
  await dialog.getByRole("heading").first().waitFor();
  await seen(name);
  await bob.keyboard.press("Escape");
  await bob.locator("dialog").waitFor({ state: "detached" });
}

await journey("signing in, and what waits", async () => {
  await bob.goto(`${process.env.PARLEY_AT}/console/`);
  await bob.getByLabel("Name").waitFor();
  await seen("sign-in");
  await signIn(bob, "bob");
  await bob.locator(".row").first().waitFor();
  await seen("list");
  await texts(zoe, "and can somebody help me carry them up the stairs?");
  await opens(bob, "Zoë Ferreira");
  await bob.locator(".bubble", { hasText: "up the stairs" }).waitFor();
  await bob.getByText("Local time").waitFor();
  await seen("handed-over");
});

await journey("the bot's flow, the numbers, the flows", async () => {
  await button("bots_flow").click();
  await bob.locator("[role=button][aria-current=step]").waitFor();
  await seen("flow");
  await bob.keyboard.press("f");
  await button("numbers").click();
  await bob.getByRole("button", { name: "30 days" }).click();
  await bob.getByText("codes are kept no longer").waitFor();
  await seen("numbers");
  await button("flows").click();
  await bob.getByRole("combobox", { name: "Flow" }).selectOption("moving");
  await bob.getByRole("button", { name: /^day\s*\d/ }).waitFor();
  await seen("flows");
  await button("inbox").click();
});

await journey("writing, and what stops it", async () => {
  await opens(bob, "Maria González");
  await answer.fill("It’s on its way – the driver has it.");
  await bob.getByText("’").last().waitFor();
  await seen("what-a-text-costs");
  await texts("+12025550160", "¿hola? ¿sigue ahí?");
  await button("read_it").waitFor();
  await seen("something-newer");
  await button("read_it").click();
  await answer.fill("");
  await button("saved").click();
  await button("keep_replies").waitFor();
  await seen("saved-replies");
  await button("close_list").click();
  await button("note").click();
  await answer.fill("@an");
  await bob.getByRole("button", { name: "@ann" }).waitFor();
  await seen("note");
  await answer.fill("");
  await button("reply").click();
  await opens(bob, "Tom Baker");
  await button("take").click();
  await answer.fill("A colleague brings it");
  await bob.keyboard.press("Control+Enter");
  await heard("A colleague brings it");
  await bob.locator(".bubble", { hasText: "A colleague brings it" }).getByTitle("sent", { exact: true }).waitFor();
  await post("report", { text: "A colleague brings it", status: "failed", code: "30003" });
  await button("resend").waitFor();
  await seen("failed");
  await texts(tom, "STOP");
  await bob.getByText("The customer has opted out of texts.").waitFor();
  await seen("opted-out");
  await bob.context().setOffline(true);
  await bob.locator(".trouble-bar.on").waitFor();
  await opens(bob, "Maria González");
  await seen("no-connection");
  await bob.context().setOffline(false);
  await bob.locator(".trouble-bar.on").waitFor({ state: "detached" });
});

await journey("what one is asked", async () => {
  await opens(bob, "Zoë Ferreira");
  await bob.locator(".bubble", { hasText: "as many as you can carry" }).hover();
  await button("meant").first().click();
  await asked("what-a-text-meant");
  await button("hand_back", bob.getByRole("toolbar")).click();
  await dialog.getByRole("radio").nth(1).check();
  await asked("hand-back");
  await opens(bob, "Maria González");
  await bob.locator(".bubble", { hasText: "hola" }).waitFor();
  await bob.keyboard.press("Control+k");
  await asked("palette");
  for (const key of ["give", "snooze"]) {
    await button(key, bob.getByRole("toolbar")).click();
    await asked(key);
  }
  await button("begin_new").click();
  await dialog.getByLabel(word("en", "begin_with")).selectOption({ index: 1 });
  await asked("beginning");
  await bob.keyboard.press("?");
  await asked("keys");
  await bob.getByTitle(word("en", "your_sign_in")).click();
  await bob.getByText(word("en", "this_one")).waitFor();
  await asked("signed-in");
  await button("settings").click();
  await bob.getByLabel("Language").waitFor();
  await seen("settings");
  await bob.keyboard.press("Escape");
  await bob.getByRole("searchbox").fill("cat router");
  await bob.locator("button.row", { hasText: "Tom Baker" }).waitFor();
  await seen("search");
  await bob.getByRole("searchbox").fill("");
});

await journey("on a telephone", async () => {
  await opens(bob, "Maria González");
  await bob.setViewportSize(narrow);
  await bob.getByText("Local time").waitFor();
  await seen("narrow-customer");
  await bob.getByRole("complementary").getByRole("button", { name: word("en", "close") }).click();
  await bob.locator(".bubble").first().waitFor();
  await seen("narrow-thread");
  await button("back").click();
  await bob.locator(".row").first().waitFor();
  await seen("narrow-list");
});

await done();
