// Signing in by the business's own provider, by its button.
import assert from "node:assert/strict";
import { browser, done, fits, journey, looks, shot, sound, watched } from "./rig.mjs";

const home = "http://console.example.com/console/"; // the browser finds it where PARLEY_AT is
const title = "Sign in with Acme <script>alert(1)</script>";

// goes the whole way as somebody whom the provider knows: who they are, what the console
// may know. Before it comes back, something may happen.
async function goes(page, login, meanwhile = async () => undefined, to = "") {
  await page.goto(`${home}${to}`);
  await page.getByRole("link", { name: title, exact: true }).click();
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  const consent = page.getByRole("button", { name: "Continue" });
  await consent.waitFor();
  await meanwhile();
  await consent.click();
  await page.waitForURL((u) => u.host === "console.example.com");
}

const fresh = async (options = {}) => watched(await (await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })).newPage(), "by the provider");

await journey("who works here comes in by the button, and is who they are there", async () => {
  const page = await fresh();
  await page.goto(home);
  await page.getByRole("link", { name: title, exact: true }).waitFor();
  assert.equal(await page.getByLabel("Password").count(), 0, "passwords are asked for where they open nothing");
  await goes(page, "ann");
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByTitle("Your sign-in").getByText("ann@acme.example").waitFor();
  assert.equal(new URL(page.url()).search, "");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("link", { name: title, exact: true }).waitFor();
  await page.context().close();
});

await journey("who does not, or is another now, is told, and told once", async () => {
  for (const login of ["zoe", "mallory", "pat"]) {
    const page = await fresh();
    await goes(page, login);
    await page.getByRole("alert").getByText("Nobody who works here is signed in there by that name.").waitFor();
    assert.equal(new URL(page.url()).search, "", "the refusal stays in the address");
    if (login === "zoe") await shot(page, "provider-refused");
    await page.reload();
    await page.getByRole("link", { name: title, exact: true }).waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
    assert.equal(await page.evaluate(() => fetch("/console/api/me").then((r) => r.status)), 401);
    await page.context().close();
  }
});

await journey("a link to a conversation outlives the way by the provider", async () => {
  const page = await fresh();
  await goes(page, "ann", undefined, "#aconversationthatisnotthere");
  await page.getByText("There is no such conversation.").waitFor();
  await page.context().close();
});

await journey("a code without the cookie of who asked for it is nobody's", async () => {
  const page = await fresh();
  await goes(page, "ann", () => page.context().clearCookies({ domain: "console.example.com" }));
  await page.getByRole("alert").getByText("That took too long, or it was begun in another browser.").waitFor();
  assert.equal(await page.evaluate(() => fetch("/console/api/me").then((r) => r.status)), 401);
  await page.context().close();
});

await journey("the way in by a provider is accessible in every look", async () => {
  for (const { size, ...options } of looks) {
    const name = ["provider", size, ...Object.values(options)].join("-");
    const page = await fresh({ viewport: size === "wide" ? { width: 1440, height: 900 } : { width: 320, height: 640 }, reducedMotion: "reduce", ...options });
    await page.goto(`${home}?refused=oidc_nobody`);
    await page.getByRole("link", { name: title, exact: true }).waitFor();
    await page.getByRole("alert").waitFor();
    await sound(page, name);
    await fits(page, name);
    await shot(page, name);
    await page.context().close();
  }
});

await done();
