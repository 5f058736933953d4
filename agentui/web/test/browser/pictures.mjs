// The journeys through a flow's picture and the numbers.
import assert from "node:assert/strict";
import { fits, looks, opens, word } from "./rig.mjs";

export async function pictures({ ann, bob, signedIn, sound, shot, journey }) {
  const found = async (page, query, who) => {
    await page.getByRole("searchbox", { name: "Search" }).fill(query);
    await page.locator(".row", { hasText: who }).first().click();
    await page.getByRole("heading", { name: who }).waitFor();
  };

  await journey("the flow stands beside the conversation, with where the bot is", async () => {
    const asked = [];
    ann.on("request", (r) => asked.push(r.url()));
    await found(ann, "A-10045", "Zoë Ferreira");
    assert.ok(!asked.some((u) => u.includes("/parts/")), "the picture's code came before anybody asked for it");
    await ann.getByRole("button", { name: "The bot’s flow" }).click();
    const pane = ann.getByRole("complementary", { name: "The bot’s flow" });
    const live = pane.locator("[role=button][aria-current=step]", { hasText: "boxes" });
    await live.waitFor();
    await pane.getByRole("button", { name: /^day\s*✓ 1/ }).waitFor();
    assert.ok(await live.getByText("● here").isVisible(), "only colour says where the run is");
    assert.ok((await pane.locator(".way.taken").count()) >= 2, "the way is not marked");
    assert.ok(!(await ann.content()).includes("94-71-x"), "a secret is on the screen");
    await live.focus();
    await ann.keyboard.press("ArrowUp");
    await pane.getByRole("region", { name: "The chosen state" }).getByText("Order {order}: which day?").waitFor();
    await sound(ann, "flow pane");
    await shot(ann, "flow");
    await pane.getByRole("button", { name: "Table", exact: true }).click();
    await pane.locator("tr[aria-current=step]", { hasText: "the run is here" }).waitFor();
    await pane.getByRole("cell", { name: /Order \{order\}: which day\?/ }).waitFor();
    await sound(ann, "flow table");
    await shot(ann, "flow-table");
    await pane.getByRole("button", { name: "Close" }).click();
    await ann.getByRole("searchbox", { name: "Search" }).fill("");
    assert.equal(await ann.getByRole("button", { name: "Numbers" }).count(), 0, "an agent is offered what is for leads");
  });

  await journey("a lead reads the numbers, as pictures and as tables", async () => {
    await bob.getByRole("button", { name: "Numbers", exact: true }).click();
    const card = (name) => bob.getByRole("region", { name, exact: true });
    await card("Handovers by reason").getByText("The answer was not understood").waitFor();
    await card("Handovers by reason").getByRole("button", { name: "Table: " }).click();
    await card("Handovers by reason").getByRole("rowheader", { name: "The answer was not understood" }).waitFor();
    await card("Opt-outs by day").locator("[data-i]").last().focus();
    await bob.keyboard.press("ArrowLeft");
    await card("Opt-outs by day").locator(".tip").getByText(/:\s*\d+$/).waitFor();
    await bob.getByRole("button", { name: "30 days" }).click();
    await card("Codes approved").getByText("codes are kept no longer").waitFor();
    await bob.getByRole("button", { name: "Today" }).click();
    await bob.getByRole("region", { name: "Opt-outs by hour" }).waitFor();
    await bob.getByRole("button", { name: "Flows", exact: true }).click();
    await bob.getByRole("combobox", { name: "Flow" }).selectOption("moving");
    await bob.getByRole("button", { name: /^day\s*\d/ }).waitFor();
    await bob.getByRole("button", { name: "Inbox" }).click();
    await bob.locator(".row").first().waitFor();
  });

  await journey("pictures and numbers are accessible: wide and narrow, light and dark, in forced colours, in each language", async () => {
    for (const { size, ...options } of looks) {
      const locale = options.locale ?? "en";
      const look = [size, ...Object.values(options)].join("-");
      const viewport = size === "wide" ? { width: 1440, height: 900 } : { width: 320, height: 640 };
      const page = await signedIn(options.locale ? "ida" : "eve", { viewport, reducedMotion: "reduce", ...options }); // ten tries a name are all there are
      const check = async (name) => {
        await sound(page, `${name} ${look}`);
        await fits(page, `${name} ${look}`);
        await shot(page, `${name}-${look}`, true);
      };
      const button = (key, values) => page.getByRole("button", { name: word(locale, key, values), exact: true });
      const flow = (name) => page.getByRole("combobox", { name: word(locale, "flow") }).selectOption(name);
      await button("numbers").click();
      await button("days", { n: 30 }).click();
      await page.getByText(word(locale, "codes_since", { day: "|" }).split("|").at(-1)).waitFor(); // as 30 days say, and no fewer
      await page.locator(".bars").nth(3).waitFor();
      await check("numbers");
      for (const b of await page.locator(".card > header button").all()) await b.click();
      await check("numbers-tables");
      await button("flows").click();
      await flow("moving");
      await page.getByRole("button", { name: /^day\s*\d/ }).waitFor();
      await check("flows");
      await flow("delivery_feedback");
      await page.getByRole("button", { name: /^condition\s*\d/ }).waitFor();
      await check("flows-large");
      await button("inbox").click();
      await page.getByRole("searchbox").fill("A-10045");
      await opens(page, "Zoë Ferreira");
      await page.getByRole("heading", { name: "Zoë Ferreira" }).waitFor();
      await button("bots_flow").click();
      await page.locator(".node[aria-current=step]").waitFor();
      await check("pane");
      assert.equal(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight), 0, `pane ${look}: the page scrolls behind it`);
      for (let i = 0; i < 3 && (await button("smaller").isEnabled()); i++) await button("smaller").click();
      await check("pane-small");
      await button("table").click();
      await check("pane-table");
      await page.context().close();
    }
  });
}
