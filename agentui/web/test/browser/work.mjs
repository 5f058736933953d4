// The journeys through what people begin, what they say that texts meant, and what they keep
// of the list; and through the change of what somebody may.
import assert from "node:assert/strict";
import { heard, journey, opens, post, reached, shot, signedIn, sound, texts, word } from "./rig.mjs";

// inEachWay looks at what stands open: in the dark, on a phone, in forced colours.
async function inEachWay(page, what) {
  const wide = page.viewportSize();
  for (const [name, media, size] of [["light", {}, wide], ["dark", { colorScheme: "dark" }, wide], ["narrow", {}, { width: 320, height: 640 }], ["forced", { forcedColors: "active" }, wide]]) {
    await page.emulateMedia({ colorScheme: "light", forcedColors: "none", ...media });
    await page.setViewportSize(size);
    await sound(page, `${what} ${name}`);
    const over = await page.evaluate(() => Math.max(document.documentElement.scrollWidth - innerWidth, ...[...document.querySelectorAll("dialog")].map((d) => d.scrollWidth - d.clientWidth)));
    assert.ok(over <= 0, `${what} ${name}: ${over} px too wide`);
    await shot(page, `${what}-${name}`);
  }
  await page.emulateMedia({ colorScheme: null, forcedColors: null });
  await page.setViewportSize(wide);
}

const alone = (page, key) => page.getByRole("dialog").getByRole("alert").filter({ hasText: word("en", key) });

export async function work({ ann, bob }) {
  const sheet = bob.getByRole("dialog");
  const begins = async () => {
    await bob.getByRole("button", { name: "New conversation" }).click();
    await sheet.getByLabel("With").waitFor();
  };
  const send = () => sheet.getByRole("button", { name: "Send", exact: true }).click();
  const number = sheet.getByLabel("To which number");

  await journey("a number that cannot be one goes nowhere, and a beginning without an answer happens once", async () => {
    const sent = [];
    await bob.route("**/console/api/begin", async (route) => {
      sent.push(route.request().postDataJSON());
      const answer = await route.fetch();
      if (sent.length === 1) return route.fulfill({ status: 503, json: { code: "unavailable", detail: "" } }); // it is done, and nobody knows
      return route.fulfill({ response: answer });
    });
    await begins();
    await inEachWay(bob, "begin");
    await sheet.getByLabel("Your text").fill("Hello, this is Bob of Acme.");
    await number.fill("12");
    await send();
    await alone(bob, "error.number").waitFor();
    assert.equal(await number.getAttribute("aria-invalid"), "true");
    assert.ok(await number.evaluate((el) => el === document.activeElement), "the number is not where one types on");
    await inEachWay(bob, "begin-refused");
    await number.fill("+12025550188");
    await sheet.getByRole("alert").waitFor({ state: "detached" });
    assert.equal(sent.length, 0, "the server was asked");
    await send();
    await alone(bob, "error.unavailable").waitFor();
    await send();
    await bob.locator(".head").getByText("Yours").waitFor();
    assert.deepEqual([sent.length, sent[0].id === sent[1].id], [2, true]);
    await bob.locator(".bubble", { hasText: "Hello, this is Bob" }).waitFor();
    assert.equal(await bob.locator(".bubble", { hasText: "Hello, this is Bob" }).count(), 1);
    await reached("Hello, this is Bob of Acme.", 1);
    await bob.unroute("**/console/api/begin");
  });

  await journey("a flow is begun by its inputs, and nothing beside one that is under way", async () => {
    await begins();
    await sheet.getByLabel("With").selectOption({ label: "A technician comes" });
    await number.fill("+1 (202) 555-0189");
    await sheet.getByRole("textbox", { name: "name" }).fill("Uma, whose name has more than thirty letters");
    await sheet.locator(`[name="in.day"]`).fill("2030-05-01");
    await sheet.locator(`[name="in.place"]`).selectOption("office");
    const parking = sheet.locator(`[name="in.parking"]`);
    assert.deepEqual(await parking.locator("option").allTextContents(), ["no", "yes", "no"]);
    await parking.selectOption({ label: "yes" });
    await send();
    await sheet.getByRole("alert").getByText(word("en", "error.input", { field: "name" }), { exact: true }).waitFor();
    assert.equal(await sheet.getByRole("textbox", { name: "name" }).getAttribute("aria-invalid"), "true");
    await inEachWay(bob, "begin-flow");
    await sheet.getByRole("textbox", { name: "name" }).fill("Uma");
    await sheet.getByRole("alert").waitFor({ state: "detached" });
    await send();
    await heard("for 2 hours, and parks there");
    await sheet.waitFor({ state: "detached" });
    await begins();
    await sheet.getByLabel("With").selectOption({ label: "a text of your own" });
    await number.fill("+12025550189");
    await sheet.getByLabel("Your text").fill("me too");
    await send();
    await alone(bob, "begin_there").waitFor();
    await sheet.getByLabel("Your text").fill("me too!");
    assert.ok(await alone(bob, "begin_there").isVisible(), "another text is no other number");
    await number.fill("+12025550187");
    await sheet.getByRole("alert").waitFor({ state: "detached" });
    await number.fill("+12025550189");
    await send();
    await sheet.getByRole("button", { name: "Open it" }).click();
    await bob.locator(".head").getByText("The bot has it").waitFor();
  });

  await journey("what is refused is said in one's language", async () => {
    const page = await signedIn("fay", { locale: "es" });
    const es = (key, values) => word("es", key, values);
    await page.getByRole("button", { name: es("begin_new") }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(es("begin_with")).selectOption({ label: "A technician comes" });
    await dialog.getByLabel(es("begin_to")).fill("600 123 456");
    await dialog.getByRole("textbox", { name: "name" }).fill("Una persona con un nombre muy, muy largo");
    await dialog.locator(`[name="in.day"]`).fill("2030-05-01");
    await dialog.locator(`[name="in.place"]`).selectOption("home");
    await dialog.getByRole("button", { name: es("begin_now"), exact: true }).click();
    await dialog.getByRole("alert").getByText(es("error.number"), { exact: true }).waitFor();
    await dialog.getByLabel(es("begin_to")).fill("+34600123456");
    await dialog.getByRole("button", { name: es("begin_now"), exact: true }).click();
    await dialog.getByRole("alert").getByText(es("error.input", { field: "name" }), { exact: true }).waitFor();
    await sound(page, "a refusal in Spanish");
    await shot(page, "begin-refused-es");
    await page.context().close();
  });

  await journey("somebody says what a text meant, changes it, and takes it back", async () => {
    const phone = "+12025550190";
    const said = "everything inside went kaput somehow";
    await begins();
    await sheet.getByLabel("With").selectOption({ label: "Asks how a parcel came" });
    await number.fill(phone);
    await sheet.locator(`[name="in.order"]`).fill("K-1");
    await send();
    await heard("did your parcel K-1 come?");
    await bob.getByText("bob began the flow kaput").waitFor();
    for (const one of [said, "as I said", "kaput"]) await texts(phone, one); // which hands over
    await opens(bob, phone);
    const text = bob.locator(".bubble", { hasText: said });
    await text.getByRole("button", { name: "This meant …" }).click();
    await sheet.getByText("What Asks how a parcel came listens for").waitFor();
    assert.deepEqual(await sheet.locator("label").allTextContents(), ["broken", "no", "other day", "refund", "yes", "none of these"]);
    await inEachWay(bob, "meant");
    await sheet.getByLabel("broken").check();
    await sheet.getByRole("button", { name: "Keep", exact: true }).click();
    await text.getByText("Meant broken, says bob").waitFor();
    await sound(bob, "what a text meant");
    await shot(bob, "meant-thread");
    await bob.reload();
    await bob.getByText("Live", { exact: true }).waitFor();
    await opens(bob, phone);
    await text.getByText("Meant broken, says bob").waitFor();

    const ida = await signedIn("ida");
    await opens(ida, phone);
    await ida.locator(".bubble", { hasText: said }).getByText("Meant broken, says bob").waitFor();
    assert.equal(await ida.locator(".meaning button").count(), 0, "an auditor may change it");
    await ida.context().close();

    await ann.getByRole("button", { name: /^All/ }).click();
    await opens(ann, phone);
    const hers = ann.locator(".bubble", { hasText: said });
    await hers.getByRole("button", { name: "Change" }).click();
    await ann.getByRole("dialog").getByLabel("none of these").check();
    await ann.getByRole("dialog").getByRole("button", { name: "Keep", exact: true }).click();
    await hers.getByText("Meant none of these, says ann").waitFor();
    await ann.getByRole("dialog").waitFor({ state: "detached" });
    await ann.keyboard.press("Control+k");
    await ann.getByRole("textbox", { name: "Find" }).fill("last text meant");
    await ann.keyboard.press("Enter");
    await ann.getByRole("dialog").getByText("kaput", { exact: true }).waitFor();
    await ann.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await hers.getByRole("button", { name: "Change" }).click();
    await ann.getByRole("dialog").getByLabel("none of these").waitFor();
    assert.ok(await ann.getByRole("dialog").getByLabel("none of these").isChecked(), "the label that is there is not chosen");
    await ann.getByRole("dialog").getByRole("button", { name: "Take it back" }).click();
    await hers.getByRole("button", { name: "This meant …" }).waitFor();
    await ann.keyboard.press("Escape");
  });

  await journey("a view of the list is kept, and shown by g and a digit, at any browser", async () => {
    const row = (page, who) => page.locator(".row", { hasText: who });
    const only = async (page) => {
      await row(page, "Tom Baker").waitFor({ state: "detached" });
      await row(page, "Maria González").waitFor();
      assert.equal(await page.locator(".list .row:not(.call)").count(), 1);
    };
    await bob.getByRole("button", { name: "All", exact: false }).first().click();
    await row(bob, "Tom Baker").waitFor();
    await bob.getByRole("button", { name: "Keep a view" }).click();
    await sheet.getByLabel("Name").fill("Spanish, and urgent");
    await sheet.getByLabel("Which conversations").selectOption({ label: "Mine" });
    await sheet.getByLabel("Label").selectOption("spanish");
    await sheet.getByLabel("Priority").selectOption({ label: "Urgent" });
    assert.ok((await sheet.getByLabel("Queue").locator("option").allTextContents()).includes("parcels"));
    await inEachWay(bob, "views");
    await sheet.getByRole("button", { name: "Keep it" }).click();
    await only(bob);
    await sound(bob, "a view of the list");
    await shot(bob, "view");
    await bob.getByRole("button", { name: /^All/ }).click();
    await row(bob, "Tom Baker").waitFor();

    const elsewhere = await signedIn("bob");
    await elsewhere.getByLabel("Your views").waitFor();
    await row(elsewhere, "Tom Baker").waitFor();
    await elsewhere.keyboard.press("g");
    await elsewhere.keyboard.press("1");
    await only(elsewhere);
    await elsewhere.getByRole("button", { name: /^All/ }).click();
    await row(elsewhere, "Tom Baker").waitFor();
    await elsewhere.keyboard.press("Control+k");
    await elsewhere.getByRole("textbox", { name: "Find" }).fill("your view spanish");
    await elsewhere.keyboard.press("Enter");
    await only(elsewhere);
    await elsewhere.getByRole("button", { name: "Keep a view" }).click();
    const dialog = elsewhere.getByRole("dialog");
    assert.equal(await dialog.getByLabel("Name").inputValue(), "Spanish, and urgent");
    await dialog.getByLabel("Name").fill("Nothing of mine");
    await dialog.getByLabel("Queue").selectOption("parcels");
    await dialog.getByRole("button", { name: "Keep it" }).click();
    await elsewhere.getByText("Nothing fits this view").waitFor();
    await elsewhere.getByLabel("Your views").selectOption("Spanish, and urgent");
    await only(elsewhere);
    await elsewhere.getByRole("button", { name: "Keep a view" }).click();
    for (const name of ["Nothing of mine", "Spanish, and urgent"]) {
      await dialog.getByRole("button", { name: `Take out ${name}` }).click();
      await dialog.getByRole("button", { name: `Take out ${name}` }).waitFor({ state: "detached" });
    }
    await dialog.getByRole("button", { name: "Close" }).click();
    await elsewhere.getByLabel("Your views").waitFor({ state: "detached" });
    await row(elsewhere, "Tom Baker").waitFor();
    await elsewhere.context().close();
    await bob.reload();
    await bob.getByText("Live", { exact: true }).waitFor();
  });

  await journey("another role holds at once, and the page shows what it may", async () => {
    await post("role", { name: "ida", role: "agent" });
    const ida = await signedIn("ida");
    await opens(ida, "+12025550190");
    await ida.getByRole("button", { name: "Take", exact: true }).waitFor();
    await ida.getByRole("button", { name: "Note", exact: true }).click();
    const keeps = async (note) => {
      await ida.getByRole("textbox", { name: "Note" }).fill(note);
      await ida.keyboard.press("Control+Enter");
    };
    await keeps("I may write this");
    await ida.locator(".note:not(.waiting)", { hasText: "I may write this" }).waitFor();
    await post("role", { name: "ida", role: "auditor" });
    await keeps("and not this");
    await ida.locator(".note.waiting", { hasText: "and not this" }).getByText(word("en", "error.forbidden")).waitFor();
    await ida.getByText(word("en", "reads_only")).waitFor();
    await ida.getByTitle("Your sign-in").getByText("auditor").waitFor();
    assert.equal(await ida.getByRole("button", { name: "Take", exact: true }).count(), 0);
    await sound(ida, "an auditor from now on");
    await shot(ida, "role-changed");
    await ida.context().close();
  });
}
