// A handover through `parley demo`: the customer at its phone, somebody at work in the
// console that its link opens. PARLEY_ENTER is the link.
import assert from "node:assert/strict";
import { at, browser, done, fits, journey, looks, opens, pictured, shot, sound, watched } from "./rig.mjs";

const customer = "+12025550123";
const wide = { viewport: { width: 1440, height: 900 } };
const phone = watched(await (await browser.newContext(wide)).newPage(), "the phone");
const ann = watched(await (await browser.newContext(wide)).newPage(), "the console");

const handset = (name) => phone.getByRole("region", { name: `${name}’s phone` });
const texts = async (text, name = "Ann") => {
  await phone.getByLabel(`Text message of ${name}`).fill(text);
  await phone.keyboard.press("Enter");
};
const hears = (text, name = "Ann") => handset(name).locator(".theirs", { hasText: text }).first().waitFor();

await journey("a customer is handed over, with all that somebody has to know", async () => {
  await phone.goto(`${at}/phone/`);
  await phone.getByRole("button", { name: /^order delivered/ }).click();
  await hears("Did it arrive?");
  await texts("yeah it did");
  await hears("How did it arrive?");
  await texts("2, the box is crushed");
  await hears("A colleague will answer here shortly.");
  await shot(phone, "demo-phone");

  await ann.goto(process.env.PARLEY_ENTER);
  await ann.getByText("Live", { exact: true }).waitFor();
  assert.ok(!ann.url().includes("key="), "the link's key stays in the address");
  await opens(ann, customer);
  const about = ann.getByRole("complementary", { name: "About the customer" });
  for (const text of ["The flow asks for a person", "deliveries", "A-1: 2, the box is crushed", "Handed over at agent", "Acme"]) await about.getByText(text).first().waitFor();
  const facts = await about.locator(".run dl.facts").innerText();
  assert.match(facts, /name\s+Ann/);
  assert.match(facts, /order\s+A-1/);
  const log = ann.getByRole("log", { name: "Texts" });
  await log.locator(".by-customer", { hasText: "2, the box is crushed" }).waitFor();
  const said = await log.locator(".bubble > p").allInnerTexts();
  assert.deepEqual(said.map((s) => s.split(/[.:,]/)[0]), ["Acme", "yeah it did", "How did it arrive? 1 fine", "2", "Thank you"]);
  await shot(ann, "demo-console");
});

await journey("somebody answers, and the bot is given it back", async () => {
  await ann.getByRole("button", { name: "Take", exact: true }).click();
  await ann.getByRole("textbox", { name: "Reply" }).fill("Sorry! A new one is on its way.");
  await ann.keyboard.press("Control+Enter");
  await hears("A new one is on its way.");
  await ann.locator(".bubble", { hasText: "A new one is on its way." }).getByTitle("delivered", { exact: true }).waitFor();
  await texts("thank you!");
  await ann.locator(".by-customer", { hasText: "thank you!" }).waitFor();
  await ann.getByRole("button", { name: "Hand back" }).click();
  await ann.getByRole("dialog").getByRole("button", { name: "Hand back" }).click();
  await ann.getByText("The bot has it", { exact: true }).waitFor();
  await phone.getByRole("button", { name: /^booking made/ }).click();
  await hears("eye test");
  await texts("1");
  await handset("Ann").locator(".mine").nth(3).waitFor();
  await ann.locator(".by-bot", { hasText: "eye test" }).waitFor();
});

await journey("a picture is sent, and whoever answers sees it", async () => {
  await handset("Ben").getByLabel("Text message of Ben").focus();
  await phone.getByRole("heading", { name: "Something happens to Ben" }).waitFor();
  await phone.getByRole("button", { name: /^a photo of the box/ }).click();
  const mine = handset("Ben").locator(".mine", { hasText: "look at this" });
  await mine.getByText("✓ sent").waitFor();
  await mine.getByRole("img", { name: "Picture" }).waitFor();
  assert.ok(await mine.locator("img").evaluate((i) => i.complete && i.naturalWidth === 480), "the phone does not show its picture");
  assert.equal(await handset("Carla").locator("li").count(), 0, "one customer's texts are on another's phone");
  await opens(ann, "+12025550125");
  const picture = ann.getByRole("log", { name: "Texts" }).locator("img");
  await picture.waitFor();
  await ann.waitForFunction(() => [...document.querySelectorAll("[role=log] img")].some((i) => i.complete && i.naturalWidth === 480));
  await shot(ann, "demo-picture");
});

await journey("a phone that is off gets its texts when it is on again", async () => {
  await handset("Carla").getByRole("button", { name: "Carla’s phone is on" }).click();
  await handset("Carla").getByText("This phone is off").waitFor();
  await phone.getByRole("button", { name: /^order delivered/ }).click();
  await phone.waitForTimeout(1500); // as long as texts take many times over
  assert.equal(await handset("Carla").locator(".theirs").count(), 0, "a phone that is off shows a text");
  await handset("Carla").getByRole("button", { name: "Carla’s phone is on" }).click();
  await hears("Hi Carla, order A-1 was delivered.", "Carla");
  await pictured(phone, "phones");
});

await journey("time passes at a press, and silence is answered", async () => {
  await phone.getByRole("button", { name: "+3 days" }).click();
  await hears("did order A-1 arrive? YES or NO.", "Carla"); // after a day
  await handset("Carla").locator(".day").nth(1).waitFor();
});

await journey("the phone is accessible: wide and narrow, light and dark, in forced colours", async () => {
  for (const { size, locale, ...options } of looks.filter((l) => l.locale === undefined)) {
    const name = ["phone", size, ...Object.values(options)].join("-");
    const viewport = size === "wide" ? wide.viewport : { width: 320, height: 640 };
    const context = await browser.newContext({ viewport, reducedMotion: "reduce", ...options });
    const page = watched(await context.newPage(), name);
    await page.goto(`${at}/phone/`);
    await page.locator(".theirs", { hasText: "eye test" }).first().waitFor();
    await sound(page, name);
    await fits(page, name);
    await shot(page, name);
    await context.close();
  }
});

await done();
