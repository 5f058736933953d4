// What strangers try: markup in every field, pages called photos, other origins, no cookie,
// a role that is another by now, what is a colleague's. PARLEY_CONVERSATION is the hostile
// customer's; /kept/… at the outside is what its carrier keeps.
import assert from "node:assert/strict";
import { at, browser, done, heard, journey, opens, outside, password, post, reached, sent, shot, signedIn, texts, times, watched } from "./rig.mjs";

const payloads = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "javascript:alert(1)", "<a href=javascript:alert(1)>go</a>", "\u202egnp.exe"];
const hostile = process.env.PARLEY_CONVERSATION;
const phone = "+12025550123";
const api = (path) => `${at}/console/api/${path}`;

// strict ends everything when a page breaks its own policy: something tried to run.
async function strict(page) {
  page.on("console", (m) => assert.ok(!/Content Security Policy|violates/i.test(m.text()), m.text()));
  await page.exposeFunction("violated", (what) => assert.fail(`the policy is violated: ${what}`));
  await page.addInitScript(() => addEventListener("securitypolicyviolation", (e) => globalThis.violated(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`)));
  await page.reload();
  await page.getByText("Live", { exact: true }).waitFor();
  return page;
}

// clean looks for what nobody but this page should have put into it.
async function clean(page, what) {
  const found = await page.evaluate(() => {
    const all = [...document.querySelectorAll("*")];
    const own = (el) => el.matches('script[type=module][src="console.js"]');
    return [
      ...all.filter((el) => el.localName === "script" && !own(el)),
      ...all.filter((el) => ["iframe", "object", "embed", "base", "style", "form[action]"].some((s) => el.matches(s))),
      ...all.filter((el) => el.localName === "img" && !el.getAttribute("src").startsWith("/console/api/")),
      ...all.filter((el) => [...el.attributes].some((a) => a.name.startsWith("on") || /^\s*javascript:/i.test(a.value) && a.name !== "value")),
    ].map((el) => el.outerHTML.slice(0, 120));
  });
  assert.deepEqual(found, [], what);
}

// stands looks for every payload as the text that it is, in this field.
async function stands(page, where, field, some = payloads) {
  const text = await where.evaluate((el) => (el.matches("input, textarea, select") ? el.value : el.textContent));
  for (const p of some) assert.ok(text.includes(field) && text.includes(p), `${field}: ${p} does not stand in ${text}`);
  await clean(page, field);
}

// straight: a letter that turns round what follows it turns only its own text.
async function straight(page, what) {
  const turned = await page.evaluate(() => {
    const isolates = (el) => getComputedStyle(el).display !== "inline" || /isolate|plaintext/.test(getComputedStyle(el).unicodeBidi);
    const some = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let n = walk.nextNode(); n; n = walk.nextNode()) {
      if (!n.data.includes("\u202e") || !n.parentElement.checkVisibility()) continue;
      let box = n.parentElement;
      while (!isolates(box)) box = box.parentElement;
      const after = document.createRange();
      after.setStartAfter(n);
      after.setEndAfter(box.lastChild);
      if (after.toString().trim() !== "") some.push(`${box.localName}.${box.className}: ${after.toString().trim().slice(0, 40)}`);
    }
    return some;
  });
  assert.deepEqual(turned, [], what);
}

const bob = await strict(await signedIn("bob"));
const row = bob.locator(".row", { hasText: "NAME" }).first();

await journey("markup in every field stands as text", async () => {
  await stands(bob, row.locator(".name"), "NAME");
  await stands(bob, row.locator(".why"), "TEXT", payloads.slice(0, 3)); // it is cut short
  await row.click();
  await bob.getByRole("heading", { name: "NAME" }).waitFor();
  await stands(bob, bob.locator(".by-customer > p").last(), "TEXT");
  await stands(bob, bob.locator(".by-bot > p").first(), "ORDER");
  const about = bob.getByRole("complementary", { name: "About the customer" });
  await about.getByText("vip").waitFor();
  for (const [field, of] of [["REMARK", ".quote"], ["FLOW", ".run h4"], ["ORDER", ".run h4"], ["REMARK", ".run .facts"]]) await stands(bob, about.locator(of, { hasText: field }).last(), field);
  for (const why of await bob.locator("summary").all()) await why.click();
  await clean(bob, "why");
  await straight(bob, "a conversation");
  await shot(bob, "strangers");

  await bob.getByRole("button", { name: "Take", exact: true }).click();
  await bob.getByText("Yours", { exact: true }).last().waitFor();
  await bob.getByRole("button", { name: "Note", exact: true }).click();
  await bob.getByRole("textbox", { name: "Note" }).fill(`NOTE @ann ${payloads.join(" ")}`);
  await clean(bob, "a draft");
  await bob.keyboard.press("Control+Enter");
  await bob.locator(".note:not(.waiting)", { hasText: "NOTE" }).waitFor();
  await stands(bob, bob.locator(".note:not(.waiting) p", { hasText: "NOTE" }), "NOTE");
  await bob.getByRole("button", { name: "Reply", exact: true }).click();
  await bob.getByRole("textbox", { name: "Reply" }).fill(`REPLY ${payloads.join(" ")}`);
  await bob.keyboard.press("Control+Enter");
  await heard("REPLY");
  await stands(bob, bob.locator(".by-agent:not(.waiting) > p", { hasText: "REPLY" }), "REPLY");
  await bob.locator(".waiting").waitFor({ state: "detached" });

  await bob.getByRole("button", { name: "Label", exact: true }).click();
  const dialog = bob.getByRole("dialog");
  await bob.getByLabel("Separated by commas").fill(payloads[0]);
  await dialog.getByRole("button", { name: "Keep", exact: true }).click();
  await dialog.getByRole("alert").waitFor();
  await clean(bob, "a label");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await bob.getByRole("button", { name: "Hand back" }).click();
  await dialog.getByLabel("Ask day").check();
  await clean(bob, "handing back");
  await straight(bob, "handing back");
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await bob.getByRole("button", { name: "Saved replies" }).click();
  await bob.getByRole("button", { name: "Keep or change replies" }).click();
  await dialog.getByLabel("Name").fill(payloads[0]);
  await dialog.getByLabel("Text").fill(`SAVED {{ contact.name }} ${payloads.join(" ")}`);
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("Name").fill("hostile");
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await dialog.getByRole("button", { name: "/hostile" }).click();
  await stands(bob, dialog.getByLabel("Text"), "SAVED");
  await dialog.getByRole("button", { name: "Close" }).click();
  await bob.getByRole("button", { name: "/hostile" }).click();
  await stands(bob, bob.getByRole("textbox", { name: "Reply" }), "SAVED NAME");
  await bob.getByRole("textbox", { name: "Reply" }).fill("");

  await bob.getByRole("button", { name: "The bot’s flow" }).click();
  const pane = bob.getByRole("complementary", { name: "The bot’s flow" });
  await pane.locator(".node[aria-current=step]").waitFor();
  await stands(bob, pane.locator("h4"), "FLOW");
  await stands(bob, pane.locator(".node").first(), "day", []);
  await pane.getByRole("button", { name: "Table", exact: true }).click();
  await stands(bob, pane.locator("table"), "SAYS", payloads.slice(0, 5)); // cut short too
  await straight(bob, "the flow's table");
  await pane.getByRole("button", { name: "Close" }).click();
  await bob.getByRole("button", { name: "Flows", exact: true }).click();
  await bob.getByRole("combobox", { name: "Flow" }).selectOption("hostile");
  await bob.getByText("FLOW").first().waitFor();
  await clean(bob, "a flow's numbers");
  await bob.getByRole("button", { name: "Inbox" }).click();

  for (const p of [...payloads, "NAME <script>"]) {
    await bob.getByRole("searchbox", { name: "Search" }).fill(p);
    await bob.locator(".hits").first().waitFor();
    await clean(bob, `a search for ${p}`);
  }
  await stands(bob, bob.locator(".row", { hasText: "NAME" }).first().locator(".name"), "NAME");
  await bob.getByRole("searchbox", { name: "Search" }).fill("");
  await bob.getByRole("button", { name: "New conversation" }).click();
  await dialog.getByLabel("To which number").fill(payloads[0]);
  await dialog.getByLabel("Your text").fill(payloads.join(" "));
  await dialog.getByRole("button", { name: "Send" }).click();
  await dialog.getByRole("alert").waitFor();
  await clean(bob, "beginning a conversation");
  await dialog.getByRole("button", { name: "Cancel" }).click();
});

await journey("whatever the server says in any field is text, were it the worst", async () => {
  const page = await strict(await signedIn("ann"));
  const poisoned = new Set(["customer", "name", "title", "text", "note", "who", "key", "value", "reason", "queue", "labels", "tags", "agent", "flow", "flows", "why", "choice", "layer", "about", "outcome", "line", "brand", "phone", "filled", "problem", "browser", "network", "says", "label", "scopes", "by", "proposed", "detail", "purpose", "error"]);
  const worst = (value, key) =>
    Array.isArray(value) ? value.map((v) => worst(v, key))
    : value !== null && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, worst(v, k)]))
    : typeof value === "string" && poisoned.has(key) && !["customer", "agent", "bot", "ann", "bob"].includes(value) ? `${value} ${payloads.join(" ")}`
    : value;
  let answers = 0;
  await page.route("**/console/api/**", async (route) => {
    if (route.request().method() !== "GET" || /\/(me|ways|media)\b/.test(route.request().url())) return route.continue();
    const res = await route.fetch();
    const type = res.headers()["content-type"] ?? "";
    if (!type.includes("json")) return route.fulfill({ response: res });
    answers++;
    return route.fulfill({ response: res, json: worst(await res.json(), "") });
  });
  await page.reload();
  const check = async (what) => {
    await page.waitForTimeout(150); // an onerror or a lazy picture has its time
    await clean(page, what);
  };
  await page.locator(".row", { hasText: payloads[0] }).first().waitFor();
  await check("the list");
  await page.locator(".row", { hasText: "NAME" }).first().click();
  await page.locator(".bubble").first().waitFor();
  await page.locator("summary").first().waitFor();
  for (const why of await page.locator("summary").all()) await why.click();
  await check("a conversation");
  assert.ok((await page.locator(".aside").textContent()).split(payloads[0]).length > 5, "the customer's pane has no markup to show");
  await shot(page, "poisoned");
  await page.keyboard.press("f");
  await page.locator(".aside.flow h4").waitFor();
  await check("a flow's picture");
  await page.keyboard.press("f");
  for (const name of ["Give", "Snooze", "Hand back"]) {
    const b = page.getByRole("toolbar").getByRole("button", { name, exact: true });
    if ((await b.count()) === 0) continue;
    await b.click();
    await page.getByRole("dialog").waitFor();
    await check(name);
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
  }
  await page.getByTitle("Your sign-in").click();
  await page.getByRole("dialog").getByText(payloads[0]).first().waitFor();
  await check("where one is signed in");
  await page.keyboard.press("Escape");
  for (const name of ["Numbers", "Flows"]) {
    await page.getByRole("button", { name, exact: true }).click();
    await page.locator(".card").first().or(page.getByRole("combobox", { name: "Flow" })).waitFor();
    await check(name);
    for (const b of await page.getByRole("button", { name: /^Table/ }).all()) await b.click();
    await check(`${name} as tables`);
  }
  assert.ok(answers > 8, `${answers} answers were poisoned`);
  await page.context().close();
});

await journey("a page that is called a photo is downloaded, and runs nowhere", async () => {
  await opens(bob, "NAME");
  await bob.locator(".by-customer").first().waitFor();
  const links = bob.locator("a.attached, a.photo");
  await bob.locator("a.photo img").first().waitFor();
  await bob.waitForFunction(() => [...document.querySelectorAll("a.photo img")].every((i) => i.complete && i.naturalWidth > 0)); // what is none has become a link
  assert.equal(await bob.locator("a.photo").count(), 1, "one of four is a picture");
  assert.equal(await links.count(), 4);
  await clean(bob, "attachments");
  const doors = await links.evaluateAll((all) => all.map((a) => a.href));
  for (const door of doors) {
    const page = watched(await bob.context().newPage(), door);
    const [download] = await Promise.all([page.waitForEvent("download"), page.goto(door).catch(() => undefined)]);
    assert.ok(!/\.(html?|svg|js)$/.test(download.suggestedFilename()), download.suggestedFilename());
    const { headers, type } = await bob.evaluate(async (d) => {
      const res = await fetch(d);
      return { headers: Object.fromEntries(res.headers), type: res.headers.get("content-type") };
    }, door);
    assert.ok(["image/gif", "application/octet-stream"].includes(type), type);
    assert.equal(headers["x-content-type-options"], "nosniff");
    // Were it shown all the same, and called what it is, it would run nothing.
    await page.route(door, async (route) => {
      const res = await route.fetch();
      const { "content-disposition": _, ...rest } = res.headers();
      await route.fulfill({ response: res, headers: { ...rest, "content-type": door.includes("svg") ? "image/svg+xml" : "text/html" } });
    });
    await page.goto(door);
    await page.waitForTimeout(200);
    assert.equal(await page.evaluate(() => `${document.documentElement.getAttribute("data-ran") ?? ""}${globalThis.ran ?? ""}`), "", `${door} has run`);
    await page.close();
    // Nor as a script of the console's own origin, which its policy would allow.
    const ran = await bob.evaluate(
      (d) =>
        new Promise((yes) => {
          const s = document.createElement("script");
          s.onerror = () => yes("refused");
          s.onload = () => yes("loaded");
          s.src = d;
          document.body.append(s);
        }).finally(() => document.body.lastChild.remove()),
      door,
    );
    assert.equal(ran, "refused", `${door} as a script`);
  }
});

await journey("another origin gets nothing, and does nothing, in a browser that is signed in", async () => {
  const context = bob.context();
  const evil = watched(await context.newPage(), "another origin");
  await evil.goto(`${outside}/evil`);
  const before = (await sent()).length;
  const tries = await evil.evaluate(
    async ({ at, hostile }) => {
      const cmd = JSON.stringify({ id: "evil1", op: "close", conversation: hostile, owner_epoch: 0 });
      const tried = {};
      const go = async (name, path, init) => (tried[name] = await fetch(`${at}/console/${path}`, { credentials: "include", ...init }).then((r) => `${r.type} ${r.status}`, () => "refused"));
      await go("reads", "api/desk", {});
      await go("commands as text", "api/cmd", { method: "POST", mode: "no-cors", body: cmd });
      await go("commands as JSON", "api/cmd", { method: "POST", headers: { "content-type": "application/json" }, body: cmd });
      await go("signs out", "api/session", { method: "DELETE" });
      tried.socket = await new Promise((yes) => {
        const s = new WebSocket(`${at.replace("http", "ws")}/console/ws`, "agentui.v1");
        s.onopen = () => yes("open");
        s.onerror = () => yes("refused");
      });
      const frame = document.createElement("iframe");
      frame.src = `${at}/console/`;
      document.body.append(frame);
      await new Promise((yes) => (frame.onload = yes));
      return tried;
    },
    { at, hostile },
  );
  assert.deepEqual(tries, { reads: "refused", "commands as text": "opaque 0", "commands as JSON": "refused", "signs out": "refused", socket: "refused" });
  const framed = evil.frames().find((f) => f !== evil.mainFrame());
  assert.equal(framed.url(), "chrome-error://chromewebdata/");
  assert.equal(await framed.locator(".bar, .sign-in").count().catch(() => 0), 0, "the console stands in another site's frame");
  await evil.evaluate((at) => {
    const f = document.createElement("form");
    f.method = "POST";
    f.action = `${at}/console/api/cmd`;
    f.enctype = "text/plain";
    document.body.append(f);
    f.submit();
  }, at);
  await evil.waitForURL("**/console/api/cmd");
  assert.ok(/cross-origin/i.test(await evil.content()), await evil.content());
  await evil.close();
  await bob.reload();
  await bob.getByText("Live", { exact: true }).waitFor();
  await opens(bob, "NAME");
  await bob.getByText("Yours", { exact: true }).last().waitFor();
  assert.equal((await sent()).length, before);
});

await journey("whoever has no cookie any more signs in, and has done nothing", async () => {
  const page = await signedIn("eve");
  const told = "Acme: Thank you. Somebody will answer you here.";
  const before = await times(told);
  await texts("+12025550191", "my dog ate the modem");
  await reached(told, before + 1); // those that come next count what goes out
  await opens(page, "my dog ate the modem");
  await page.getByRole("button", { name: "Take", exact: true }).waitFor();
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Take", exact: true }).click();
  await page.getByLabel("Password").waitFor();
  for (const path of ["desk", "colleagues", "search?q=dog", `conversations/${hostile}`, `conversations/${hostile}/customer`, `conversations/${hostile}/flows`, "numbers", "replies", "starts"]) {
    assert.equal(await page.evaluate((p) => fetch(`/console/api/${p}`).then((r) => r.status), path), 401, path);
  }
  const socket = await page.evaluate(() => new Promise((yes) => {
    const s = new WebSocket(`${location.origin.replace("http", "ws")}/console/ws`, "agentui.v1");
    s.onopen = () => yes("open");
    s.onerror = () => yes("refused");
  }));
  assert.equal(socket, "refused");
  await opens(bob, "my dog ate the modem");
  await bob.locator(".head").getByText("Waits for somebody").waitFor();
  await page.context().close();
});

await journey("what is a colleague's is read by all, and answered by nobody else", async () => {
  const page = await signedIn("eve");
  await opens(page, "NAME");
  await page.getByText("bob has this conversation. A lead may take it").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Reply" }).count(), 0);
  assert.equal(await page.getByRole("toolbar").getByRole("button").count(), 0);
  const before = (await sent()).length;
  const came = await page.evaluate(async (id) => {
    const get = (path) => fetch(`/console/api/${path}`);
    const seen = await get(`conversations/${id}`).then((r) => r.json());
    const all = { read: 200 };
    for (const op of ["take", "reply", "return", "close", "release", "transfer", "snooze"]) {
      const body = JSON.stringify({ id: `eve-${op}`, op, conversation: id, if_rev: seen.rev, owner_epoch: seen.owner_epoch, text: "mine", to: "eve", until: Date.now() + 60_000 });
      all[op] = await fetch("/console/api/cmd", { method: "POST", headers: { "content-type": "application/json" }, body }).then((r) => r.status);
    }
    for (const path of ["numbers?from=0&to=1", "flows", "flows/hostile?from=0&to=1"]) all[path.split("?")[0]] = (await get(path)).status;
    all["replies/x"] = (await fetch("/console/api/replies/x", { method: "PUT", headers: { "content-type": "application/json" }, body: '{"text":"x"}' })).status;
    all.none = (await get("conversations/none")).status;
    all.media = (await get(`conversations/${id}/media?url=http%3A%2F%2F169.254.169.254%2F`)).status;
    return all;
  }, hostile);
  assert.deepEqual(came, { read: 200, take: 409, reply: 409, return: 409, close: 409, release: 409, transfer: 409, snooze: 409, numbers: 403, flows: 403, "flows/hostile": 403, "replies/x": 403, none: 404, media: 404 });
  assert.equal((await sent()).length, before);
  await page.context().close();
});

await journey("a role that is another by now does nothing by a page that stands open", async () => {
  const page = await signedIn("eve");
  await opens(page, "my dog ate the modem");
  await page.getByRole("button", { name: "Take", exact: true }).click();
  await page.getByText("Yours", { exact: true }).last().waitFor();
  await page.getByRole("textbox", { name: "Reply" }).fill("as an auditor");
  await post("role", { name: "eve", role: "auditor" });
  await page.keyboard.press("Control+Enter");
  await page.getByText("You read here, and do nothing.").waitFor();
  assert.equal(await page.getByRole("toolbar").count(), 0);
  assert.ok(!(await sent()).includes("as an auditor"), "an auditor has answered");
  await post("disable", { name: "eve" });
  await page.locator(".row").first().click();
  await page.getByLabel("Password").waitFor();
  await page.getByLabel("Name").fill("eve");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Name, password or code is wrong.").waitFor();
  assert.ok(!(await sent()).includes("as an auditor"), "a disabled agent has answered");
  await page.context().close();
});

await journey("markup in a name that signs in, and in the address, is text", async () => {
  const page = watched(await (await browser.newContext()).newPage(), "the door");
  await page.goto(`${at}/console/?refused=${encodeURIComponent(payloads[1])}#${encodeURIComponent(payloads[0])}`);
  await page.getByLabel("Name").fill(payloads[0]);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Name, password or code is wrong.").waitFor();
  await clean(page, "signing in");
  const { headers } = await page.evaluate(() => fetch("/console/").then((r) => ({ headers: Object.fromEntries(r.headers) })));
  assert.match(headers["content-security-policy"], /default-src 'none'; script-src 'self'.*frame-ancestors 'none'/);
  assert.ok(!headers["content-security-policy"].includes("unsafe"), headers["content-security-policy"]);
  await page.context().close();
});

await done();
