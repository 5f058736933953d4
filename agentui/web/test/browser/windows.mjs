// The journeys through a browser's other windows: a link to a conversation, and who is signed
// in by one cookie.
import assert from "node:assert/strict";
import { at, browser, journey, opens, password, signIn, texts, turns, watched, word } from "./rig.mjs";

const header = (page) => page.locator(".bar .me");

export async function windows(ann) {
  let link = "";
  await journey("a conversation has a link: in a new window, after a reload, for a colleague", async () => {
    await texts("+12025550185", "my duck ate the router");
    const row = ann.locator(".row", { hasText: "my duck ate the router" });
    const [second] = await Promise.all([ann.context().waitForEvent("page"), row.click({ modifiers: ["Control"] })]);
    watched(second, "ann's second window");
    await second.locator(".bubble", { hasText: "my duck ate the router" }).waitFor();
    await second.reload();
    await second.locator(".bubble", { hasText: "my duck ate the router" }).waitFor();
    link = second.url();
    await second.getByRole("button", { name: "Take", exact: true }).click();
    await second.getByText("Yours", { exact: true }).last().waitFor();
    await second.keyboard.press("Escape");
    await second.keyboard.press("Escape");
    await second.getByText("Nothing is open").waitFor();
    assert.equal(second.url(), `${at}/console/`);
    await opens(second, "my duck ate the router");
    await second.locator(".bubble", { hasText: "my duck ate the router" }).waitFor();
    assert.equal(second.url(), link);
    await second.goBack();
    await second.getByText("Nothing is open").waitFor();
    await second.goto(`${at}/console/#nobody`);
    await second.getByText("There is no such conversation.").waitFor();
    await second.close();
  });

  await journey("a conversation that cannot be read now is read a moment later", async () => {
    await opens(ann, "my duck ate the router");
    let broken = 0;
    const breaks = (route) => (broken++, route.fulfill({ status: 503, json: { code: "unavailable", detail: "" } }));
    await ann.route(/\/conversations\/[a-z2-7]+$/, breaks);
    await texts("+12025550185", "and the toaster");
    await turns(async () => broken > 0, true, "nobody asked");
    await ann.unroute(/\/conversations\/[a-z2-7]+$/, breaks);
    await ann.locator(".bubble", { hasText: "and the toaster" }).waitFor();
    await ann.keyboard.press("Escape");
  });

  await journey("who signs in in one window is who sits in all", async () => {
    const context = await browser.newContext();
    const first = await context.newPage();
    await signIn(first, "bob");
    await first.goto(link);
    await first.locator(".bubble", { hasText: "and the toaster" }).waitFor();
    const second = watched(await context.newPage(), "the second window");
    await second.goto(`${at}/console/`);
    await second.getByText("Live", { exact: true }).waitFor();
    await second.getByRole("button", { name: "Sign out" }).click();
    await first.getByLabel("Password").waitFor();
    await second.getByLabel("Name").fill("eve");
    await second.getByLabel("Password").fill(password);
    await second.getByRole("button", { name: word("en", "sign_in") }).click();
    for (const page of [first, second]) {
      await header(page).getByText("eve").waitFor();
      await page.getByText("Nothing is open").waitFor();
    }
    await context.close();
  });
}
