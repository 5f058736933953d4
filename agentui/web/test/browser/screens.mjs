// Every screen that one comes to while working, by axe, in the looks in which the most goes
// wrong: forced colours, 320 px, from right to left, dark.
import assert from "node:assert/strict";
import { at, browser, done, fits, heard, journey, looks, opens, post, shot, signIn, sound, texts, watched, word } from "./rig.mjs";

const wide = { width: 1440, height: 900 };
const tom = "+12025550161";

const home = await browser.newContext({ viewport: wide });
const bob = await home.newPage();
await signIn(bob, "bob");

await journey("a text fails, another asks, and the customer opts out", async () => {
  await opens(bob, "Tom Baker");
  await bob.getByRole("button", { name: "Take", exact: true }).click();
  await bob.getByRole("textbox", { name: "Reply" }).fill("It is on its way");
  await bob.keyboard.press("Control+Enter");
  await heard("It is on its way");
  await bob.locator(".bubble", { hasText: "It is on its way" }).getByTitle("sent", { exact: true }).waitFor();
  await post("report", { text: "It is on its way", status: "failed", code: "30003" });
  await bob.getByText("the phone cannot be reached").waitFor();
  await texts(tom, "STOP");
  await bob.getByText("The customer has opted out of texts.").waitFor();
});

const state = await home.storageState(); // ten tries a name are all there are: one sign-in serves all looks
// PARLEY_ONE is for every make test: one look, and the screens that others look at otherwise.
const one = process.env.PARLEY_ONE === "1";
const some = one ? looks.slice(0, 1) : looks.filter((l) => l.forcedColors || l.colorScheme === "dark" || l.locale === "ar-XB" || (l.size === "narrow" && !l.locale));
let screens = 0;

async function others(page, check, button) {
  await opens(page, "Zoë Ferreira");
  await button("bots_flow").click();
  await page.locator("[role=button][aria-current=step]").waitFor();
  await check("the flow beside it");
  await button("numbers").click();
  await page.getByRole("heading", { name: "Handovers by reason" }).waitFor();
  await check("numbers");
  await button("flows").click();
  await page.getByRole("combobox", { name: "Flow" }).selectOption("moving");
  await page.getByRole("button", { name: /^day/ }).waitFor();
  await check("flows");
  await button("sign_out").click();
  await page.getByLabel("Password").waitFor();
  await check("sign in");
}

for (const { size, ...options } of some) {
  const look = [size, ...Object.values(options)].join("-");
  await journey(`every screen is accessible: ${look}`, async () => {
    const locale = options.locale ?? "en";
    const context = await browser.newContext({ storageState: state, viewport: size === "wide" ? wide : { width: 320, height: 640 }, reducedMotion: "reduce", ...options });
    const page = watched(await context.newPage(), look);
    await page.goto(`${at}/console/`);
    await page.getByText(word(locale, "live"), { exact: true }).waitFor();
    const button = (key, values, of = page) => of.getByRole("button", { name: word(locale, key, values), exact: true });
    const dialog = page.getByRole("dialog");
    const check = async (what) => {
      screens++;
      await sound(page, `${what} ${look}`);
      await fits(page, `${what} ${look}`);
      await shot(page, `screen-${what.replaceAll(" ", "-")}-${look}`);
    };
    const asked = async (what) => {
      await dialog.getByRole("heading").first().waitFor();
      await check(what);
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
    };
    const back = async () => {
      if (size === "narrow") await button("back").click();
    };

    await button("begin_new").click();
    await dialog.getByLabel(word(locale, "begin_with")).waitFor();
    await check("beginning");
    await dialog.getByLabel(word(locale, "begin_with")).selectOption({ index: 1 });
    await asked("beginning by a flow");
    await page.getByTitle(word(locale, "your_sign_in")).click();
    await page.getByText(word(locale, "this_one")).waitFor();
    await asked("signed in");
    await page.keyboard.press("?");
    await asked("keys");
    const search = page.getByRole("searchbox");
    await search.fill("0160");
    await page.locator("button.row").first().waitFor();
    await check("found");
    await search.fill("zzzz");
    await page.getByText(word(locale, "none_found")).waitFor();
    await check("not found");
    await search.fill("");
    await page.locator(".tab").nth(2).click();
    await check("what waits");
    await page.locator(".tab").first().click();

    await opens(page, "Maria González");
    await page.locator(".bubble").first().waitFor();
    await page.keyboard.press("Control+k");
    await asked("palette");
    for (const key of ["give", "snooze", "hand_back", "close"]) {
      await button(key, {}, page.getByRole("toolbar")).click();
      if (key === "hand_back") await dialog.getByRole("radio").first().check();
      await asked(key.replace("_", " "));
    }
    await button("label").click();
    await asked("labels");
    await page.locator("#answer").fill("It’s on its way — it’s late");
    await page.getByText(word(locale, "left", { n: 43 })).waitFor();
    await check("a dear character");
    await page.locator("#answer").fill("");
    await button("saved").click();
    await button("keep_replies").waitFor();
    await check("saved replies");
    await button("keep_replies").click();
    await asked("keeping replies");
    await button("close_list").click();
    await button("note").click();
    await page.locator("#answer").fill("@an");
    await page.getByRole("button", { name: "@ann" }).waitFor();
    await check("a note");
    await page.locator("#answer").fill("");
    for (const why of await page.locator("summary").all()) await why.click();
    await check("why");
    await button("reply").click();
    await context.setOffline(true);
    await page.locator(".trouble-bar.on").waitFor();
    await page.locator("#answer").fill(`offline ${look}`);
    await page.keyboard.press("Control+Enter");
    await page.locator(".waiting", { hasText: `offline ${look}` }).waitFor();
    await check("no connection");
    await texts("+12025550160", `and another thing ${look}`);
    await context.setOffline(false);
    await page.locator(".waiting .banner").waitFor();
    await check("what asks before it goes out");
    await page.locator(".waiting").getByRole("button", { name: word(locale, "cancel"), exact: true }).click();
    await page.locator(".waiting").waitFor({ state: "detached" });
    await page.locator("#answer").fill("begun before");
    await texts("+12025550160", `newer ${look}`);
    await button("read_it").waitFor();
    await check("something newer");
    await page.locator("#answer").fill("");
    await back();
    await opens(page, "Tom Baker");
    await button("resend").waitFor();
    await check("failed and opted out");
    if (one) await others(page, check, button);
    await context.close();
  });
}
assert.ok(screens >= some.length * 20, `${screens} screens`);
console.log(`   ${screens} screens`);

await done();
