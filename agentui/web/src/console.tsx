// The console: what waits for people, the conversation they have open, what they answer.
import { effect } from "@preact/signals";
import { render } from "preact";
import { address } from "./address";
import { Composer } from "./composer";
import { Aside } from "./customer";
import { me, list, missing, online, open, signOut, thread, whoAmI } from "./desk";
import { Dialogs } from "./dialogs";
import { ask, begin } from "./modal";
import { Head, aside } from "./head";
import { Icon } from "./icons";
import { listen } from "./keys";
import { trouble } from "./line";
import { List } from "./list";
import { Presence } from "./presence";
import { FlowPane, FlowsPage, NumbersPage, Places, oversees, picture, place } from "./places";
import { outbox } from "./outbox";
import { Settings } from "./settings";
import { SignIn } from "./sign-in";
import { rich, t as say } from "./t";
import { Thread } from "./thread";
import type { Trouble } from "./line";

// leave signs out, and says so when that takes something along or could not be done.
async function leave() {
  const n = outbox.value.length;
  if (n > 0 && !(await ask({ title: say("sign_out_title"), text: say("sign_out_loses", { n }), yes: say("sign_out") }))) return;
  if (!(await signOut())) await ask({ title: say("still_in"), text: say("still_in_text"), yes: say("good") });
}

const troubles: Record<Trouble, string> = {
  "": "",
  offline: say("trouble.offline"),
  blocked: say("trouble.blocked"),
  windows: say("trouble.windows"),
  outdated: say("trouble.outdated"),
};

// Trouble says once what is wrong with the line; the region stands there before it speaks,
// or nothing would be read out.
function TroubleBar() {
  const what = trouble.value;
  return (
    <div class={what === "" ? "trouble-bar" : "trouble-bar on"} role="status" aria-live="polite">
      {troubles[what]}
      {what === "outdated" && (
        <button type="button" class="plain small" onClick={() => location.reload()}>{say("load_again")}</button>
      )}
    </div>
  );
}

function Bar() {
  return (
    <header class="bar">
      <h1>Parley</h1>
      <span class={online.value ? "line on" : "line"}>{online.value ? say("live") : say("reconnecting")}</span>
      <Presence />
      <Places />
      <button type="button" class="link me" title={say("your_sign_in")} onClick={() => begin("factor")}>
        {me.value?.name} <small>{me.value && say(`role.${me.value.role}`)}</small>
      </button>
      <Settings />
      <button type="button" class="plain square help" aria-label={say("keys")} title={`${say("keys")} (?)`} onClick={() => begin("help")}>
        <Icon name="keys" />
      </button>
      <button type="button" class="plain small" onClick={() => void leave()}>{say("sign_out")}</button>
    </header>
  );
}

function Open() {
  const t = thread.value;
  if (open.value === "") {
    return (
      <div class="empty">
        <Icon name="inbox" />
        <strong>{say("nothing_open")}</strong>
        <p>
          {rich("choose", { j: <kbd>j</kbd>, help: <kbd>?</kbd> })}
        </p>
      </div>
    );
  }
  if (t === null) return <div class="empty" role="status">{say(missing.value ? "missing" : trouble.value === "offline" ? "unread" : "reading")}</div>;
  return (
    <article class="conversation" aria-label={say("conversation_with", { who: t.phone })}>
      <Head t={t} />
      <Thread key={t.id} />
      <Composer />
    </article>
  );
}

function Console() {
  if (me.value === undefined) return <p class="empty" role="status">{trouble.value === "" ? "…" : troubles[trouble.value]}</p>;
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
      <TroubleBar />
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
  const n = list.value.filter((d) => !d.snoozed && (d.owner === "queue" || (d.agent === me.value?.name && d.awaiting !== undefined))).length;
  document.title = `${n > 0 ? `(${n}) ` : ""}${say("inbox")} · Parley`;
});

address();
listen();
render(<Console />, document.body);
void whoAmI();
