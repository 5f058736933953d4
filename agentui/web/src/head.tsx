// Above a thread: whose it is, and what one may do with it.
import { signal } from "@preact/signals";
import { act } from "./composer";
import { ask, begin } from "./dialogs";
import { customer, leads, lookers, mayTake, mine, show, thread, works } from "./desk";
import { Icon } from "./icons";
import { picture } from "./places";
import { because, moment, priorities } from "./words";
import type { Thread } from "./console-wire";

export const aside = signal(matchMedia("(min-width: 72rem)").matches);

function aboutThem() {
  aside.value = picture.value || !aside.value;
  picture.value = false;
}

function whose(t: Thread): [string, string] {
  if (t.snoozed) return ["asleep", `Snoozed until ${moment(t.snoozed)}`];
  if (t.owner === "bot") return ["bot", "The bot has it"];
  if (t.owner === "queue") return ["waits", "Waits for somebody"];
  return mine.value ? ["own", "Yours"] : ["theirs", `${t.agent} has it`];
}

export async function closeIt() {
  if (await ask({ title: "Close this conversation?", text: "What the bot had handed over ends here, and the bot answers what comes next.", yes: "Close it" })) await act("close");
}

function Actions({ t }: { t: Thread }) {
  const held = mine.value || (leads.value && t.owner !== "bot");
  const free = t.owner === "queue";
  if (!works.value) return null;
  return (
    <div class="actions" role="toolbar" aria-label="This conversation">
      {mayTake.value && (
        <button type="button" class="small" onClick={() => void act("take")}>
          Take
        </button>
      )}
      {(held || free) && (
        <button type="button" class="plain small" onClick={() => begin("return")}>
          <Icon name="bot" /> Hand back
        </button>
      )}
      {held && (
        <>
          <button type="button" class="plain small" onClick={() => begin("transfer")}>
            <Icon name="swap" /> Give
          </button>
          {t.owner === "agent" && (
            <button type="button" class="plain small" onClick={() => void act("release")}>
              <Icon name="inbox" /> Release
            </button>
          )}
          {t.snoozed ? (
            <button type="button" class="plain small" onClick={() => void act("snooze", { until: 0 })}>
              <Icon name="clock" /> Wake
            </button>
          ) : (
            <button type="button" class="plain small" onClick={() => begin("snooze")}>
              <Icon name="clock" /> Snooze
            </button>
          )}
        </>
      )}
      {(held || free) && (
        <button type="button" class="plain small" onClick={() => void closeIt()}>
          <Icon name="check" /> Close
        </button>
      )}
    </div>
  );
}

function Marks({ t }: { t: Thread }) {
  return (
    <div class="marks">
      {t.handoff && works.value && (
        <label class="priority">
          <span class="hidden">Priority</span>
          <select value={t.handoff.priority === "alert" || t.handoff.priority === "bulk" ? t.handoff.priority : "notice"} onChange={(e) => void act("priority", { if_rev: 0, priority: e.currentTarget.value as "alert" })}>
            {Object.entries(priorities).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {t.labels.map((l) => (
        <span key={l} class="chip label" dir="auto">
          {l}
        </span>
      ))}
      {works.value && (
        <button type="button" class="chip add" onClick={() => begin("labels")}>
          <Icon name="tag" /> Label
        </button>
      )}
    </div>
  );
}

export function Head({ t }: { t: Thread }) {
  const [kind, words] = whose(t);
  const others = [...lookers.value.values()].filter((l) => l.conversation === t.id);
  const name = customer.value?.name;
  return (
    <header class="head">
      <div class="title">
        <button type="button" class="plain square back" aria-label="Back to the list" onClick={() => void show("")}>
          <Icon name="back" />
        </button>
        <div>
          <h2>
            <bdi>{name || t.phone}</bdi>
          </h2>
          <p>
            {name && <span class="number">{t.phone}</span>}
            <span class={`state ${kind}`}>{words}</span>
            {t.handoff?.reason && t.owner !== "bot" && <span>{because(t.handoff.reason)}</span>}
          </p>
        </div>
        <button type="button" class="plain square" aria-pressed={picture.value} aria-label="The bot’s flow" title="The bot’s flow (f)" onClick={() => (picture.value = !picture.value)}>
          <Icon name="flow" />
        </button>
        <button type="button" class="plain square details" aria-pressed={aside.value && !picture.value} aria-label="About the customer" onClick={aboutThem}>
          <Icon name="info" />
        </button>
      </div>
      <Actions t={t} />
      <Marks t={t} />
      <p class="lookers" role="status">
        {others.map((l) => `${l.agent} ${l.typing ? "is typing" : "looks at this"}`).join(" · ")}
      </p>
    </header>
  );
}
