// The journeys through what one is told while one looks elsewhere, and in which language.
import assert from "node:assert/strict";
import { at, browser, heard, journey, opens, shot, signIn, signedIn, sound, texts, turns } from "./rig.mjs";

export async function notices() {
  await journey("news is told once, by one window, and not where it is read", async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addInitScript(() => {
      globalThis.told = [];
      globalThis.Notification = class {
        static permission = "default";
        static requestPermission = async () => (this.permission = "granted");
        constructor(text) {
          globalThis.told.push(text);
        }
      };
    });
    const first = await context.newPage();
    await signIn(first, "bob");
    const second = await context.newPage();
    await second.goto(`${at}/console/`);
    await second.getByText("Live", { exact: true }).waitFor();
    const told = async () => [...(await first.evaluate(() => globalThis.told)), ...(await second.evaluate(() => globalThis.told))];
    await texts("+12025550180", "my parrot ate the router");
    await first.locator(".row", { hasText: "my parrot ate the router" }).waitFor();
    await first.waitForTimeout(1500); // a window that reads it would be let first
    assert.deepEqual(await told(), []);
    for (const page of [first, second]) {
      await page.getByRole("button", { name: "Settings" }).click();
      await page.getByLabel("On the desktop").check();
      await page.getByLabel("With a sound").check();
    }
    await sound(first, "settings");
    await shot(first, "settings");
    await first.keyboard.press("Escape");
    const titled = await first.title();
    await texts("+12025550181", "my goat ate the router");
    await first.locator(".row", { hasText: "my goat ate the router" }).waitFor();
    const counts = (title) => Number(/\((\d+)\)/.exec(title)?.[1] ?? 0);
    await turns(async () => (await told()).length > 0, true, "nobody is told");
    await first.waitForTimeout(1500); // another window would tell it again
    assert.deepEqual(await told(), ["+12025550181 waits for somebody"]);
    await turns(async () => counts(await first.title()), counts(titled) + 1);
    await opens(first, "my goat ate the router");
    await first.getByRole("button", { name: "Take", exact: true }).click();
    await first.getByRole("textbox", { name: "Reply" }).fill("Yes?");
    await first.keyboard.press("Control+Enter");
    await heard("Yes?");
    await texts("+12025550181", "read at once");
    await first.locator(".bubble", { hasText: "read at once" }).waitFor();
    for (const page of [first, second]) await page.locator(".row", { hasText: "read at once" }).waitFor(); // where news is found
    await first.waitForTimeout(1500);
    assert.equal((await told()).length, 1, "told of what is read");
    await first.getByRole("textbox", { name: "Reply" }).fill("Go on");
    await first.keyboard.press("Control+Enter");
    await heard("Go on");
    await first.keyboard.press("Escape");
    await first.keyboard.press("Escape");
    await first.getByText("Nothing is open").waitFor();
    await texts("+12025550181", "a secret matter");
    await first.locator(".row", { hasText: "a secret matter" }).waitFor();
    await turns(async () => (await told()).length > 1, true, "nobody is told of the answer");
    await first.waitForTimeout(1500);
    assert.deepEqual((await told()).sort(), ["+12025550181 has answered", "+12025550181 waits for somebody"], "and never what was written"); // whichever window told it
    await context.close();
  });

  await journey("a language is chosen, and kept", async () => {
    const page = await signedIn("bob");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByLabel("Language").selectOption({ label: "Español" });
    await page.getByRole("button", { name: "Salir" }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "es");
    await page.getByRole("button", { name: "Salir" }).click();
    await page.getByLabel("Contraseña").fill("wrong");
    await page.getByLabel("Nombre").fill("nobody");
    await page.getByRole("button", { name: "Entrar" }).click();
    await page.getByText("El nombre, la contraseña o el código no es correcto.").waitFor();
    await page.context().close();
  });
}
