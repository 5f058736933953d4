// A queue that gives one customer to each who is there, and no more until they answer.
import assert from "node:assert/strict";
import { done, heard, journey, opens, signedIn, texts } from "./rig.mjs";

const ann = await signedIn("ann");
const waiting = (page, n) => page.locator(".tab", { hasText: "Waiting" }).getByText(String(n), { exact: true }).waitFor();
const mine = (page, n) => page.locator(".tab", { hasText: "Mine" }).getByText(String(n), { exact: true }).waitFor();

await journey("each has as many customers as they have room for; what is more waits", async () => {
  await texts("+12025550181", "my cat ate the router");
  await mine(ann, 1);
  await texts("+12025550182", "my dog ate the modem");
  await waiting(ann, 1);
  const bob = await signedIn("bob"); // who is there from now on
  await mine(bob, 1);
  await waiting(bob, 0);
  await texts("+12025550183", "my goat ate the cable");
  await waiting(ann, 1);
  await ann.waitForTimeout(1500); // three looks of the queue: it gives nothing to whoever has no room
  await waiting(ann, 1);
  for (const page of [ann, bob]) await mine(page, 1);
  await opens(ann, "my cat ate the router");
  await ann.getByText("The queue gave it to ann").waitFor();
  await ann.getByRole("textbox", { name: "Reply" }).fill("Try turning it off.");
  await ann.keyboard.press("Control+Enter");
  await heard("Try turning it off.");
  await mine(ann, 2);
  await waiting(bob, 0);
  await opens(ann, "my goat ate the cable");
  await ann.getByText("Yours", { exact: true }).last().waitFor();
  await bob.getByRole("button", { name: "Present: say that you are away" }).click();
  await bob.getByText("Away", { exact: true }).waitFor();
  await opens(bob, "my dog ate the modem");
  await bob.getByRole("textbox", { name: "Reply" }).fill("Unplug it.");
  await bob.keyboard.press("Control+Enter");
  await heard("Unplug it.");
  await texts("+12025550184", "my cow ate the antenna");
  await waiting(bob, 1);
  await bob.waitForTimeout(1500);
  assert.equal(await bob.locator(".row", { hasText: "my cow ate the antenna" }).locator(".who").count(), 0, "somebody who is away was given it, or who has no room");
  await bob.getByRole("button", { name: "Away: say that you are back" }).click();
  await mine(bob, 2);
});

await done();
