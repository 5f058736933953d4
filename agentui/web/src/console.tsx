// The console: what waits for people, the conversation they have open, what they answer.
import { effect } from "@preact/signals";
import { render } from "preact";
import { Composer } from "./composer";
import { Aside } from "./customer";
import { me, list, online, open, signOut, thread, whoAmI } from "./desk";
import { Dialogs, ask, begin } from "./dialogs";
import { Head, aside } from "./head";
import { Icon } from "./icons";
import { listen } from "./keys";
import { trouble } from "./line";
import { List } from "./list";
import { outbox } from "./outbox";
import { SignIn } from "./sign-in";
import { Thread } from "./thread";
import type { Trouble } from "./line";

// leave signs out, and says so when that takes something along or could not be done.
async function leave() {
  const n = outbox.value.length;
  if (n > 0 && !(await ask({ title: "Sign out?", text: `${n === 1 ? "One text has" : `${n} texts have`} not gone out. Signing out throws them away.`, yes: "Sign out" }))) return;
  if (!(await signOut())) await ask({ title: "You are still signed in", text: "The server did not answer. Sign out again when the connection is back.", yes: "Good" });
}

const troubles: Record<Trouble, string> = {
  "": "",
  offline: "There is no connection. What you send is kept, and goes out when it is back.",
  blocked: "Live updates are blocked on the way here. The page asks every few seconds, and what you send goes out.",
  windows: "The console is open in too many windows. Close one; this one asks every few seconds.",
  outdated: "The server speaks another language than this page. Load it again: what you wrote is kept.",
};

// Trouble says once what is wrong with the line; the region stands there before it speaks,
// or nothing would be read out.
function TroubleBar() {
  const what = trouble.value;
  return (
    <div class={what === "" ? "trouble-bar" : "trouble-bar on"} role="status" aria-live="polite">
      {troubles[what]}
      {what === "outdated" && (
        <button type="button" class="plain small" onClick={() => location.reload()}>
          Load again
        </button>
      )}
    </div>
  );
}

function Bar() {
  return (
    <header class="bar">
      <h1>Parley</h1>
      <span class={online.value ? "line on" : "line"}>{online.value ? "Live" : "Reconnecting …"}</span>
      <button type="button" class="link me" title="Your sign-in" onClick={() => begin("factor")}>
        {me.value?.name} <small>{me.value?.role}</small>
      </button>
      <button type="button" class="plain square" aria-label="Keys" title="Keys (?)" onClick={() => begin("help")}>
        <Icon name="keys" />
      </button>
      <button type="button" class="plain small" onClick={() => void leave()}>
        Sign out
      </button>
    </header>
  );
}

function Open() {
  const t = thread.value;
  if (open.value === "") {
    return (
      <div class="empty">
        <Icon name="inbox" />
        <strong>Nothing is open</strong>
        <p>
          Choose a conversation, or press <kbd>j</kbd>. <kbd>?</kbd> shows all keys.
        </p>
      </div>
    );
  }
  if (t === null) return <div class="empty" role="status">Reading …</div>;
  return (
    <article class="conversation" aria-label={`Conversation with ${t.phone}`}>
      <Head t={t} />
      <Thread key={t.id} />
      <Composer />
    </article>
  );
}

function Console() {
  if (me.value === undefined) return <p class="empty" role="status">{trouble.value === "" ? "…" : troubles[trouble.value]}</p>;
  if (me.value === null) return <SignIn />;
  return (
    <div class={`desk ${open.value === "" ? "" : "reading"} ${aside.value && thread.value ? "aside-open" : ""}`}>
      <Bar />
      <TroubleBar />
      <List />
      <main>
        <Open />
      </main>
      <Aside />
      <Dialogs />
    </div>
  );
}

effect(() => {
  const n = list.value.filter((d) => d.owner === "queue" && !d.snoozed).length;
  document.title = `${n > 0 ? `(${n}) ` : ""}Inbox · Parley`;
});

listen();
render(<Console />, document.body);
void whoAmI();
