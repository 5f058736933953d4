// Above a thread: whose it is, and what one may do with it.
import { signal } from "@preact/signals";
import { act } from "./composer";
import { ask, begin } from "./modal";
import { customer, leads, lookers, mayTake, mine, show, thread, works } from "./desk";
import { Icon } from "./icons";
import { picture } from "./places";
import { t as say } from "./t";
import { because, moment, priorities } from "./words";
import type { Thread } from "./console-wire";

export const aside = signal(matchMedia("(min-width: 72rem)").matches);

function aboutThem() {
  aside.value = picture.value || !aside.value;
  picture.value = false;
}

function whose(t: Thread): [string, string] {
  if (t.snoozed) return ["asleep", say("snoozed_until", { when: moment(t.snoozed) })];
  if (t.owner === "bot") return ["bot", say("bot_has_it")];
  if (t.owner === "queue") return ["waits", say("waits_for")];
  return mine.value ? ["own", say("yours")] : ["theirs", say("has_it", { who: t.agent ?? "" })];
}

export async function closeIt() {
  if (await ask({ title: say("close_title"), text: say("close_text"), yes: say("close_it") })) await act("close");
}

function Actions({ t }: { t: Thread }) {
  const held = mine.value || (leads.value && t.owner !== "bot");
  const free = t.owner === "queue";
  if (!works.value) return null;
  return (
    <div class="actions" role="toolbar" aria-label={say("this_conversation")}>
      {mayTake.value && (
        <button type="button" class="small" onClick={() => void act("take")}>{say("take")}</button>
      )}
      {(held || free) && (
        <button type="button" class="plain small" onClick={() => begin("return")}>
          <Icon name="bot" />{say("hand_back")}</button>
      )}
      {held && (
        <>
          <button type="button" class="plain small" onClick={() => begin("transfer")}>
            <Icon name="swap" />{say("give")}</button>
          {t.owner === "agent" && (
            <button type="button" class="plain small" onClick={() => void act("release")}>
              <Icon name="inbox" />{say("release")}</button>
          )}
          {t.snoozed ? (
            <button type="button" class="plain small" onClick={() => void act("snooze", { until: 0 })}>
              <Icon name="clock" />{say("wake")}</button>
          ) : (
            <button type="button" class="plain small" onClick={() => begin("snooze")}>
              <Icon name="clock" />{say("snooze")}</button>
          )}
        </>
      )}
      {(held || free) && (
        <button type="button" class="plain small" onClick={() => void closeIt()}>
          <Icon name="check" />{say("close")}</button>
      )}
    </div>
  );
}

function Marks({ t }: { t: Thread }) {
  return (
    <div class="marks">
      {t.handoff && works.value && (
        <label class="priority">
          <span class="hidden">{say("priority")}</span>
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
          <Icon name="tag" />{say("label")}</button>
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
        <button type="button" class="plain square back" aria-label={say("back")} onClick={() => void show("")}>
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
        <button type="button" class="plain square" aria-pressed={picture.value} aria-label={say("bots_flow")} title={`${say("bots_flow")} (f)`} onClick={() => (picture.value = !picture.value)}>
          <Icon name="flow" />
        </button>
        <button type="button" class="plain square details" aria-pressed={aside.value && !picture.value} aria-label={say("about")} onClick={aboutThem}>
          <Icon name="info" />
        </button>
      </div>
      <Actions t={t} />
      <Marks t={t} />
      <p class="lookers" role="status">
        {others.map((l) => say(l.typing ? "is_typing" : "looks_at", { who: l.agent })).join(" · ")}
      </p>
    </header>
  );
}
