// The console: what waits for people, the conversation they have open, what they answer.
import { effect } from "@preact/signals";
import { render } from "preact";
import { Composer } from "./composer";
import { Aside } from "./customer";
import { me, list, online, open, signOut, thread, whoAmI } from "./desk";
import { Dialogs, begin } from "./dialogs";
import { Head, aside } from "./head";
import { Icon } from "./icons";
import { listen } from "./keys";
import { List } from "./list";
import { Presence } from "./presence";
import { FlowPane, FlowsPage, NumbersPage, Places, oversees, picture, place } from "./places";
import { SignIn } from "./sign-in";
import { Thread } from "./thread";

function Bar() {
  return (
    <header class="bar">
      <h1>Parley</h1>
      <span class={online.value ? "line on" : "line"} role="status">
        {online.value ? "Live" : "Reconnecting …"}
      </span>
      <Presence />
      <Places />
      <button type="button" class="link me" title="Your sign-in" onClick={() => begin("factor")}>
        {me.value?.name} <small>{me.value?.role}</small>
      </button>
      <button type="button" class="plain square" aria-label="Keys" title="Keys (?)" onClick={() => begin("help")}>
        <Icon name="keys" />
      </button>
      <button type="button" class="plain small" onClick={() => void signOut()}>
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
  if (me.value === undefined) return <p class="empty" role="status">…</p>;
  if (me.value === null) return <SignIn />;
  if (place.value !== "desk" && oversees.value) {
    return (
      <div class="desk whole">
        <Bar />
        <main>{place.value === "numbers" ? <NumbersPage /> : <FlowsPage />}</main>
        <Dialogs />
      </div>
    );
  }
  return (
    <div class={`desk ${open.value === "" ? "" : "reading"} ${aside.value && thread.value ? "aside-open" : ""}`}>
      <Bar />
      <List />
      <main>
        <Open />
      </main>
      {picture.value && thread.value ? <FlowPane /> : <Aside />}
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
