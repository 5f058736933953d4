// What waits and what is somebody's, the most urgent first.
import { computed } from "@preact/signals";
import { Clock } from "./clock";
import { follow, toList } from "./focus";
import { Icon } from "./icons";
import { ViewBar } from "./keeping-views";
import { begin } from "./modal";
import { found, list, lookers, me, mentions, now, open, seek, show, sought, works, written } from "./desk";
import { t } from "./t";
import { Windowed } from "./windowed";
import { age, because, called, initials, moment, priorities, shade } from "./words";
import { chosen, fits, look, view } from "./views";
import type { Desk } from "./console-wire";
import type { View } from "./views";

const parts: [View, string][] = [
  ["all", t("view.all")],
  ["mine", t("view.mine")],
  ["waiting", t("view.waiting")],
  ["snoozed", t("view.snoozed")],
];

const own = (d: Desk) => d.owner === "agent" && d.agent === me.value?.name;
const within: Record<View, (d: Desk) => boolean> = {
  mine: (d) => own(d) && !d.snoozed,
  waiting: (d) => d.owner === "queue" && !d.snoozed,
  all: (d) => !d.snoozed,
  snoozed: (d) => (d.snoozed ?? 0) > 0,
};

export const rows = computed(() => list.value.filter(within[view.value]).filter(fits));

// counts are what the tabs show.
export const counts = computed(() => Object.fromEntries(parts.map(([v]) => [v, list.value.reduce((n, d) => n + Number(within[v](d)), 0)])) as Record<View, number>);

// step opens the row after or before the open one.
export function step(by: number) {
  const all = sections.value.flatMap(([, some]) => some);
  const i = all.findIndex((d) => d.conversation === open.value);
  const next = all[i < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, i + by))];
  if (next === undefined) return;
  void show(next.conversation);
  requestAnimationFrame(() => document.getElementById(`row-${next.conversation}`)?.scrollIntoView({ block: "nearest" })); // it is there when it is open
}

const sections = computed((): [string, Desk[]][] => {
  const some = rows.value;
  if (view.value !== "all") return [["", some]];
  return [
    [t("yours_many"), some.filter(own)],
    [t("view.waiting"), some.filter((d) => d.owner === "queue")],
    [t("colleagues_have"), some.filter((d) => d.owner === "agent" && !own(d))],
  ];
});

export function Avatar({ name }: { name: string }) {
  return (
    <span class={`avatar shade-${shade(name)}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

function Row({ d }: { d: Desk }) {
  const here = [...lookers.value.values()].filter((l) => l.conversation === d.conversation);
  const own = d.agent === me.value?.name;
  return (
    <a
      id={`row-${d.conversation}`}
      href={`#${d.conversation}`}
      class="row"
      aria-current={open.value === d.conversation ? "true" : undefined}
      onClick={(e) => {
        if (e.ctrlKey || e.metaKey || e.shiftKey) return; // a window of its own
        e.preventDefault();
        void show(d.conversation);
      }}
    >
      <Avatar name={called(d)} />
      <span class="name">
        <bdi>{called(d)}</bdi>
      </span>
      <time class="when" dateTime={new Date(d.awaiting ?? d.since).toISOString()}>
        {age(d.awaiting ?? d.since, now.value)}
      </time>
      <span class="why">
        {d.awaiting !== undefined && <i class="dot" title={t("waits_for_word")} />}
        {d.snoozed ? t("until", { when: moment(d.snoozed) }) : d.text ? <bdi>{d.text}</bdi> : because(d.reason)}
      </span>
      <span class="marks">
        <Clock at={d.due} now={now.value} />
        {d.priority === "alert" && <b class="chip urgent">{priorities.alert}</b>}
        {d.queue && <span class="chip">{d.queue}</span>}
        {d.owner === "agent" && !own && <span class="chip who">{d.agent}</span>}
        {(d.labels ?? []).map((l) => (
          <span key={l} class="chip label" dir="auto">
            {l}
          </span>
        ))}
        {written.value.has(d.conversation) && <span class="chip draft">{t("draft")}</span>}
        {here.length > 0 && <span class="chip who here">{here.some((l) => l.typing) ? t("is_typing", { who: here.find((l) => l.typing)!.agent }) : t("looks", { who: here[0]!.agent })}</span>}
      </span>
    </a>
  );
}

function Seek() {
  return (
    <div class="seek" role="search">
      <label class="hidden" for="seek">{t("search")}</label>
      <Icon name="search" />
      <input
        id="seek"
        type="search"
        placeholder={t("search_hint")}
        maxLength={100}
        autocomplete="off"
        dir="auto"
        value={sought.value}
        onInput={(e) => seek(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key !== "Escape") return;
          e.stopPropagation();
          seek("");
          e.currentTarget.blur();
          toList();
        }}
      />
    </div>
  );
}

const owners = { bot: t("owner.bot"), queue: t("owner.queue"), agent: t("owner.agent") };

function Results() {
  const all = found.value;
  if (all === null) return null;
  return (
    <section aria-label={t("found")}>
      <p class="hits" role="status">
        {all.length === 0 ? t("none_found") : t("hits", { n: all.length })}
      </p>
      {all.length === 0 && <p class="hits">{t("how_found")}</p>}
      <ul>
        {all.map((f) => (
          <li key={f.conversation}>
            <button id={`row-${f.conversation}`} type="button" class="row" aria-current={open.value === f.conversation ? "true" : undefined} onClick={() => void show(f.conversation)}>
              <Avatar name={called(f)} />
              <span class="name">
                <bdi>{called(f)}</bdi>
              </span>
              <time class="when" dateTime={new Date(f.at).toISOString()}>
                {age(f.at, now.value)}
              </time>
              <span class="why">{f.text ? <bdi>{f.text}</bdi> : <span class="number">{f.phone}</span>}</span>
              <span class="marks">
                <span class="chip who">{owners[f.owner]}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const nothing: Record<View, [string, string]> = {
  all: [t("empty.all"), t("empty_text.all")],
  mine: [t("empty.mine"), t("empty_text.mine")],
  waiting: [t("empty.waiting"), t("empty_text.waiting")],
  snoozed: [t("empty.snoozed"), t("empty_text.snoozed")],
};

export function List() {
  follow();
  const [title, text] = chosen.value === "" ? nothing[view.value] : [t("empty.kept"), t("empty_text.kept")];
  if (found.value !== null) {
    return (
      <nav class="list" aria-label={t("conversations")}>
        <Seek />
        <Results />
      </nav>
    );
  }
  return (
    <nav class="list" aria-label={t("conversations")}>
      <Seek />
      {works.value && (
        <button type="button" class="plain small begin" onClick={() => begin("begin")}>
          {t("begin_new")}
        </button>
      )}
      <div class="tabs" role="group" aria-label={t("which")}>
        {parts.map(([v, name]) => (
          <button key={v} type="button" class="tab" aria-pressed={view.value === v && chosen.value === ""} onClick={() => look(v)}>
            {name} <span class="count">{counts.value[v]}</span>
          </button>
        ))}
      </div>
      <ViewBar />
      {mentions.value.length > 0 && (
        <section aria-label={t("called_label")}>
          <h2>
            <Icon name="at" />{t("called_label")}</h2>
          <ul>
            {mentions.value.map((m) => (
              <li key={m.conversation}>
                <button type="button" class="row call" onClick={() => void show(m.conversation)}>
                  <Avatar name={called(m)} />
                  <span class="name">
                    <bdi>{called(m)}</bdi>
                  </span>
                  <time class="when" dateTime={new Date(m.at).toISOString()}>
                    {age(m.at, now.value)}
                  </time>
                  <span class="why">{t("names_you", { who: m.by })}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {rows.value.length === 0 && (
        <div class="empty">
          <Icon name="inbox" />
          <strong>{title}</strong>
          <p>{text}</p>
        </div>
      )}
      {sections.value.map(([name, some]) =>
        some.length === 0 ? null : (
          <section key={name} aria-label={name || undefined}>
            {name !== "" && <h2>{name}</h2>}
            <Windowed all={some} id={(d) => d.conversation} held={open.value}>
              {(d) => <Row d={d} />}
            </Windowed>
          </section>
        ),
      )}
    </nav>
  );
}
