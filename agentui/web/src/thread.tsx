// What was said by whom, what the bot decided and why.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { earlier, mine, thread } from "./desk";
import { Icon } from "./icons";
import { resend } from "./composer";
import { Meaning } from "./meant";
import { outbox } from "./outbox";
import { Ticks, reason, said } from "./ticks";
import { Waiting } from "./waiting";
import { known, rich, t as say } from "./t";
import { date, moment, percent, time } from "./words";
import type { Decision, Item, Media } from "./console-wire";

const ticks = new Ticks();

// What only the machine needs to know of stands in no thread.
const silent = new Set(["sent", "failed", "timer", "code", "result", "verified"]);
const shown = (i: Item) => !(i.by === "system" && silent.has(i.note ?? "")) && !(i.by === "agent" && (i.note === "reply" || i.note === "resend"));

function deed(i: Item): string {
  const what = i.note ?? "";
  const who = i.who ?? "";
  if (i.by === "agent") return known(i.to && what === "return" ? "did.return_at" : `did.${what}`, { who, to: i.to ?? "" }) ?? `${who} ${what}`;
  if (i.by === "queue") return known(`ruled.${what}`, { to: i.to ?? "", when: i.since === undefined ? "" : moment(i.since) }) ?? `${who} ${what}`;
  if (i.by === "business") return say("business_reported", { what });
  return known(`happened.${what}`) ?? what;
}

function Reasons({ all }: { all: Decision[] }) {
  const some = all.filter((d) => d.about !== "owner" && d.about !== "note" && (d.why !== undefined || d.about === "reading" || d.about === "handoff"));
  if (some.length === 0) return null;
  return (
    <details class="reasons">
      <summary>{say("why")}</summary>
      <ul>
        {some.map((d, i) => (
          <li key={i}>
            <b>{d.about}</b> {d.choice}
            {d.state && <> {say("at_state", { state: d.state })}</>}
            {d.layer && <> {say("by", { who: d.layer })}</>}
            {d.score !== undefined && <> ({percent(d.score)})</>}
            {d.why && <>: {d.why}</>}
          </li>
        ))}
      </ul>
    </details>
  );
}

const names: Record<string, string> = { customer: say("customer"), bot: say("bot"), agent: say("agent") };

function Status({ item }: { item: Item }) {
  if (item.message === undefined || item.status === undefined) return null;
  const s = ticks.of(item.message, item.status);
  const bad = s === "failed" || s === "expired" || s === "superseded" || s === "cancelled";
  const why = item.error && s !== "delivered" ? reason(item.error) || item.error : "";
  return (
    <>
      <span class={`tick ${bad ? "bad" : s}`} title={said(s)}>
        <span aria-hidden="true">{bad ? "!" : s === "delivered" ? "✓✓" : s === "sent" ? "✓" : "·"}</span> <span class={bad || s === "sending" || s === "queued" ? "" : "hidden"}>{said(s)}</span>
      </span>
      {bad && why !== "" && s === "failed" && (
        <span class="bad">
          {why}
          {reason(item.error ?? "") && item.error !== "unknown_fate" && <> ({item.error})</>}
        </span>
      )}
      {item.resend && item.resent && <span>{say("sent_again")}</span>}
      {item.resend && !item.resent && mine.value && (
        <button type="button" class="link" onClick={() => void resend(item)}>{say("resend")}</button>
      )}
    </>
  );
}

function Bubble({ item }: { item: Item }) {
  const note = item.by === "agent" && item.message === undefined;
  if (note) {
    return (
      <li class="note">
        <Icon name="note" />
        <div>
          <small>
            {item.note === "note" ? (
              rich("note_by", { who: <b>{item.who}</b> })
            ) : (
              deed(item)
            )}{" "}
            · <time dateTime={new Date(item.at).toISOString()}>{time(item.at)}</time>
          </small>
          <p dir="auto">{called(item.text ?? "")}</p>
        </div>
      </li>
    );
  }
  return (
    <li class={`bubble by-${item.by}`}>
      {item.text !== undefined && <p dir="auto">{item.text}</p>}
      {(item.media ?? []).map((m) => (
        <Attached key={m.url} m={m} theirs={item.by === "customer"} />
      ))}
      <div class="meta">
        {item.by !== "customer" && <b>{item.who ?? names[item.by] ?? item.by}</b>}
        <time dateTime={new Date(item.at).toISOString()} title={moment(item.at)}>
          {time(item.at)}
        </time>
        {(item.segments ?? 0) > 1 && <span>{say("segments", { n: item.segments ?? 0 })}</span>}
        <Status item={item} />
        <Meaning item={item} />
        <Reasons all={item.decisions ?? []} />
      </div>
    </li>
  );
}

// Attached is a photo, or what else came beside a text. The server fetches it, and lets
// nothing in it run.
function Attached({ m, theirs }: { m: Media; theirs: boolean }) {
  const [gone, setGone] = useState(false);
  const t = thread.value;
  if (!theirs || t === null) return <span class="attached">{m.type || say("attachment")}</span>;
  const src = `/console/api/conversations/${encodeURIComponent(t.id)}/media?url=${encodeURIComponent(m.url)}`;
  if (gone || !m.type.startsWith("image/"))
    return (
      <a class="attached" href={src} download>
        {m.type || say("attachment")}
      </a>
    );
  return (
    <a class="photo" href={src} download title={say("photo_save")}>
      <img src={src} alt={say("photo")} loading="lazy" onError={() => setGone(true)} />
    </a>
  );
}

// called sets the names that a note calls apart.
function called(text: string) {
  return text.split(/((?:^|(?<=[^\p{L}\p{N}]))@[A-Za-z0-9][A-Za-z0-9.-]*)/u).map((part, i) => (i % 2 === 1 ? <b key={i}>{part}</b> : part));
}

function Entry({ item }: { item: Item }) {
  if (item.text !== undefined || (item.media ?? []).length > 0) return <Bubble item={item} />;
  return (
    <li class="event">
      <span>
        {deed(item)} · <time dateTime={new Date(item.at).toISOString()}>{time(item.at)}</time>
      </span>{" "}
      <Reasons all={item.decisions ?? []} />
    </li>
  );
}

export function Thread() {
  const box = useRef<HTMLDivElement>(null);
  const t = thread.value;
  const items = (t?.items ?? []).filter(shown);
  const last = items.at(-1)?.position ?? 0;
  const waiting = outbox.value.filter((o) => o.command.conversation === t?.id);
  // Whoever reads further up stays there; who is at the end follows.
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    atEnd.current = true;
  }, [t?.id]);
  useEffect(() => {
    const el = box.current;
    if (el !== null && atEnd.current) el.scrollTop = el.scrollHeight;
  }, [last, t?.id, waiting.length]);
  let before = "";
  return (
    <div
      ref={box}
      class="thread"
      role="log"
      aria-live="polite"
      aria-label={say("texts")}
      aria-busy={t === null}
      tabIndex={0}
      onScroll={(e) => (atEnd.current = e.currentTarget.scrollHeight - e.currentTarget.scrollTop - e.currentTarget.clientHeight < 80)}
    >
      {t?.before !== undefined && (
        <button type="button" class="plain earlier" onClick={() => void earlier()}>{say("earlier")}</button>
      )}
      <ol>
        {items.map((i) => {
          const on = date(i.at);
          const first = on !== before;
          before = on;
          return [first && <li key={on} class="day">{on}</li>, <Entry key={i.position} item={i} />];
        })}
        {waiting.map((o) => (
          <Waiting key={o.id} o={o} />
        ))}
      </ol>
    </div>
  );
}
