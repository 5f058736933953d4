// What two people do to one conversation: both take it, one takes it from the bot while the
// bot still thinks, both unlock an account.
import assert from "node:assert/strict";
import { done, finds, heard, journey, opens, outside, post, reached, sent, shot, signedIn, sound, texts } from "./rig.mjs";

const ann = await signedIn("ann");
const bob = await signedIn("bob");
const both = [ann, bob];

// take presses the button, in the page itself, and says how long it took until the page
// said whose the conversation is.
const take = (page) =>
  page.evaluate(
    () =>
      new Promise((yes) => {
        const begun = performance.now();
        const said = () => document.querySelector(".head .state")?.textContent ?? "";
        const look = () => {
          if (!/Yours|has it/.test(said())) return requestAnimationFrame(look);
          yes({ ms: performance.now() - begun, said: said() });
        };
        document.querySelector(".actions button:first-child").click();
        look();
      }),
  );

await journey("fifty times two take one at once: one has it, the other is told who at once", async () => {
  const late = [];
  const tab = (page, name) => page.locator(".tab", { hasText: name }).click();
  for (const page of both) await tab(page, "Waiting"); // of a long list only what can be seen is there
  for (let i = 1; i <= 50; i++) {
    const text = `race ${String(i).padStart(2, "0")}.`;
    await texts(`+120255502${String(i).padStart(2, "0")}`, text);
    for (const page of both) {
      await opens(page, text);
      await page.locator(".bubble", { hasText: text }).waitFor();
      await page.getByRole("toolbar").getByRole("button", { name: "Take", exact: true }).waitFor();
    }
    const [a, b] = await Promise.all(both.map(take));
    const won = a.said === "Yours" ? "ann" : "bob";
    const [winner, loser] = won === "ann" ? [a, b] : [b, a];
    assert.deepEqual([winner.said, loser.said], ["Yours", `${won} has it`], text);
    late.push(loser.ms);
    const other = won === "ann" ? bob : ann;
    await other.getByRole("toolbar").getByRole("button", { name: "Take", exact: true }).waitFor({ state: "detached" });
    assert.equal(await other.getByRole("textbox", { name: "Reply" }).count(), 0);
  }
  for (const page of both) await tab(page, "All");
  late.sort((x, y) => x - y);
  console.log(`   the loser knew after ${Math.round(late[25])} ms (half), ${Math.round(late[49])} ms (last)`);
  assert.ok(late[25] < 200, `half of the losers knew after ${Math.round(late[25])} ms`);
  assert.ok(late[49] < 2000, `${Math.round(late[49])} ms until somebody knew that they were too late`); // on a machine that is busy otherwise
});

await journey("what the bot still thinks of when somebody takes over is never sent", async () => {
  await post("ask", {});
  await heard("did your parcel");
  await texts("+12025550123", "well that thing is totally kaput i would say");
  await post("thinks", {}); // the model has been asked, and does not answer yet
  await finds(bob, "0123", "+12025550123");
  await bob.getByText("The bot has it", { exact: true }).waitFor();
  await bob.getByRole("toolbar").getByRole("button", { name: "Take", exact: true }).click();
  await bob.getByText("Yours", { exact: true }).last().waitFor();
  await post("answers", {}); // and what comes of it is done with
  await bob.getByRole("textbox", { name: "Reply" }).fill("I am a person: what broke?");
  await bob.keyboard.press("Control+Enter");
  await reached("I am a person: what broke?", 1);
  assert.ok(!(await sent()).some((m) => m.includes("sorry that it is broken")), "the bot answered past a person");
  assert.equal(await bob.locator(".by-bot").count(), 1);
  await bob.getByRole("searchbox", { name: "Search" }).fill("");
});

await journey("two unlock an account: one proposes, the other agrees, and neither does both", async () => {
  await post("lock", {});
  const person = async (page) => {
    await finds(page, "0141", "+12025550141");
    await page.getByRole("complementary", { name: "About the customer" }).locator(".account", { hasText: "acc-7" }).waitFor();
    return page.locator(".account", { hasText: "acc-7" });
  };
  const [hers, his] = [await person(ann), await person(bob)];
  for (const account of [hers, his]) await account.getByText("Locked", { exact: true }).waitFor();
  await hers.getByRole("button", { name: "Unlock …" }).click();
  await hers.getByLabel("What shows that it is the customer").fill("knew the last three payments");
  await sound(ann, "proposing to unlock");
  await hers.getByRole("button", { name: "Propose to unlock" }).click();
  await hers.getByText("A colleague has to agree.").waitFor();
  assert.equal(await hers.getByRole("button").count(), 0, "who proposed may agree");
  // Bob's window still shows what was: what he meant to propose agrees to nothing.
  await his.getByRole("button", { name: "Unlock …" }).click();
  await his.getByLabel("What shows that it is the customer").fill("I would propose it");
  await his.getByRole("button", { name: "Propose to unlock" }).click();
  await his.getByText("A colleague has given their word meanwhile").waitFor();
  await hers.getByText("Locked", { exact: true }).waitFor();
  await his.getByRole("button", { name: "Cancel" }).click();
  await bob.reload();
  await bob.getByText("Live", { exact: true }).waitFor();
  await person(bob);
  await his.getByRole("button", { name: "Agree to unlock" }).click();
  await his.getByText("ann says: knew the last three payments").waitFor();
  await his.getByLabel("What shows that it is the customer").fill("called back under the number on file");
  await shot(bob, "unlock");
  await sound(bob, "agreeing to unlock");
  await his.getByRole("button", { name: "Agree to unlock" }).click();
  await his.getByText("Unlocks soon").waitFor();
  assert.equal(await his.getByRole("button").count(), 0);
  const trail = await fetch(`${outside}/trail`).then((r) => r.text());
  for (const who of ["agent:ann by console", "agent:bob by console"]) assert.ok(trail.includes(who), `the audit trail lacks ${who}`);
});

await done();
