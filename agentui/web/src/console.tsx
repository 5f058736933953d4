// The console: what waits for people, the conversation they have open, what they answer.
import { render } from "preact";
import { list, me, online, open, show, signOut, whoAmI } from "./desk";
import { SignIn } from "./sign-in";
import { Conversation } from "./conversation";
import type { Desk } from "./console-wire";

const ages = new Intl.RelativeTimeFormat(undefined, { numeric: "always", style: "narrow" });

// age is how long ago a moment was, in the largest unit that fits.
function age(at: number): string {
  const minutes = Math.round((Date.now() - at) / 60_000);
  if (minutes < 60) return ages.format(-minutes, "minute");
  if (minutes < 48 * 60) return ages.format(-Math.round(minutes / 60), "hour");
  return ages.format(-Math.round(minutes / 1440), "day");
}

function Row({ d }: { d: Desk }) {
  const own = d.agent === me.value?.name;
  return (
    <li>
      <button
        class={`row ${d.priority === "alert" ? "urgent" : ""}`}
        aria-current={open.value === d.conversation ? "true" : undefined}
        onClick={() => void show(d.conversation)}
      >
        <span class="phone">{d.phone}</span>
        <span class="when">{age(d.awaiting ?? d.since)}</span>
        <span class="why">
          {d.priority === "alert" && <b>Alert · </b>}
          {d.queue || d.reason || "handed over"}
        </span>
        <span class="whose">{d.owner === "queue" ? "waiting" : own ? "yours" : d.agent}</span>
      </button>
    </li>
  );
}

function List() {
  const rows = list.value;
  const parts: [string, Desk[]][] = [
    ["Yours", rows.filter((d) => d.agent === me.value?.name)],
    ["Waiting", rows.filter((d) => d.owner === "queue")],
    ["Colleagues’", rows.filter((d) => d.owner === "agent" && d.agent !== me.value?.name)],
  ];
  return (
    <nav class="list" aria-label="Conversations">
      {rows.length === 0 && (
        <p class="empty">Nobody waits. What the bot is not sure of, and what flows hand over, comes to stand here.</p>
      )}
      {parts.map(([title, some]) =>
        some.length === 0 ? null : (
          <section key={title} aria-label={title}>
            <h2>
              {title} <span>{some.length}</span>
            </h2>
            <ul>
              {some.map((d) => (
                <Row key={d.conversation} d={d} />
              ))}
            </ul>
          </section>
        ),
      )}
    </nav>
  );
}

function Console() {
  if (me.value === undefined) return <p class="empty" role="status">…</p>;
  if (me.value === null) return <SignIn />;
  return (
    <div class={open.value === "" ? "desk" : "desk reading"}>
      <header class="bar">
        <h1>Parley</h1>
        <span class={online.value ? "dot on" : "dot"} role="status">
          {online.value ? "live" : "reconnecting …"}
        </span>
        <span class="me">{me.value.name}</span>
        <button class="plain" onClick={() => void signOut()}>Sign out</button>
      </header>
      <List />
      <main>
        <Conversation />
      </main>
    </div>
  );
}

render(<Console />, document.body);
void whoAmI();
