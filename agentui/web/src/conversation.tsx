// One conversation: what was said by whom, what the bot decided and why, and the answer.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { command, look, lookers, me, mine, open, thread } from "./desk";
import type { Item, Refusal, Thread } from "./console-wire";

const drafts = signal<Record<string, string>>({});
const asNote = signal(false);
const refused = signal<Refusal | null>(null);

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" });
const names: Record<Item["by"], string> = { customer: "Customer", bot: "Bot", agent: "Agent", business: "Business", system: "" };

// What only the machine needs to know of stands in no thread.
const silent = new Set(["sent", "failed", "timer", "code", "result"]);

function Line({ item }: { item: Item }) {
  if (item.by === "system" && silent.has(item.note ?? "") || item.by === "agent" && item.note === "reply") return null;
  const why = (item.decisions ?? []).filter((d) => d.why !== undefined || d.about === "reading");
  if (item.text === undefined && (item.media ?? []).length === 0) {
    const what = [names[item.by], item.who, item.note].filter((s) => s !== "" && s !== undefined).join(" ");
    return (
      <li class="event">
        <span>{what}</span> <Reasons all={why} />
      </li>
    );
  }
  const side = item.note === "note" ? "note" : item.by === "customer" ? "theirs" : item.by === "agent" ? "ours agent" : "ours";
  return (
    <li class={side}>
      <p dir="auto">{item.text}</p>
      <small>
        {item.note === "note" ? `Note by ${item.who}` : names[item.by]} · <time dateTime={new Date(item.at).toISOString()}>{clock.format(item.at)}</time>
        {item.status !== undefined && ` · ${item.status}`}
        {item.error !== undefined && <span class="failed"> {item.error}</span>}
        {(item.segments ?? 0) > 1 && ` · ${item.segments} segments`}
        {(item.media ?? []).length > 0 && ` · ${item.media?.length} attached`}
      </small>
      <Reasons all={why} />
    </li>
  );
}

function Reasons({ all }: { all: NonNullable<Item["decisions"]> }) {
  if (all.length === 0) return null;
  return (
    <details>
      <summary>why</summary>
      <ul>
        {all.map((d, i) => (
          <li key={i}>
            {d.about}: {d.choice} {d.why}
          </li>
        ))}
      </ul>
    </details>
  );
}

async function act(op: Parameters<typeof command>[0], text = "", anyway = false): Promise<boolean> {
  refused.value = await command(op, text, anyway);
  return refused.value === null;
}

async function send(anyway = false) {
  const id = open.value;
  const text = (drafts.value[id] ?? "").trim();
  if (text === "") return;
  if (await act(asNote.value ? "note" : "reply", text, anyway || asNote.value)) drafts.value = { ...drafts.value, [id]: "" };
}

function Refused() {
  const r = refused.value;
  if (r === null) return null;
  const newer = r.code === "conflict" && r.current?.agent === me.value?.name;
  return (
    <p class="trouble" role="alert">
      {newer ? "Something newer arrived while you wrote. Read it first." : r.code === "conflict" && r.current?.agent ? `${r.current.agent} has this conversation now.` : r.detail}
      {newer && <button type="button" onClick={() => void send(true)}>Send anyway</button>}
    </p>
  );
}

function Composer() {
  const id = open.value;
  const text = drafts.value[id] ?? "";
  if (!mine.value && !asNote.value) {
    return (
      <div class="composer">
        <Refused />
        <button onClick={() => void act("take")}>Take this conversation</button>
        <button class="plain" onClick={() => (asNote.value = true)}>Write a note</button>
      </div>
    );
  }
  return (
    <form
      class={asNote.value ? "composer noting" : "composer"}
      onSubmit={(e) => {
        e.preventDefault();
        void send();
      }}
    >
      <Refused />
      <label class="hidden" for="answer">{asNote.value ? "Note" : "Answer"}</label>
      <textarea
        id="answer"
        rows={3}
        maxLength={1600}
        placeholder={asNote.value ? "A note that only colleagues read" : "Your answer, as a text"}
        value={text}
        onInput={(e) => {
          drafts.value = { ...drafts.value, [id]: e.currentTarget.value };
          look(true);
        }}
        onKeyDown={(e) => {
          if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) void send();
        }}
      />
      <div class="buttons">
        <button type="submit" disabled={text.trim() === ""}>{asNote.value ? "Keep the note" : "Send"}</button>
        <button type="button" class="plain" aria-pressed={asNote.value} onClick={() => (asNote.value = !asNote.value)}>Note</button>
        {mine.value && (
          <>
            <button type="button" class="plain" onClick={() => void act("return")}>Hand back to the bot</button>
            <button type="button" class="plain" onClick={() => void act("close")}>Close</button>
          </>
        )}
      </div>
    </form>
  );
}

function About({ t }: { t: Thread }) {
  const other = lookers.value.get(t.id);
  return (
    <header class="about">
      <button class="plain back" onClick={() => (open.value = "")}>‹ List</button>
      <h2>{t.phone}</h2>
      <p>
        {t.owner === "agent" ? (mine.value ? "yours" : `${t.agent} has it`) : t.owner === "queue" ? "waits for somebody" : "the bot has it"}
        {t.handoff?.reason !== undefined && ` · ${t.handoff.reason}`}
        {t.runs.map((r) => ` · ${r.flow} at ${r.state}`)}
      </p>
      {t.handoff?.note !== undefined && <p class="handoff">{t.handoff.note}</p>}
      {other !== undefined && other.until > Date.now() && <p class="looker">{other.agent} {other.typing ? "is typing" : "looks at this"}</p>}
    </header>
  );
}

export function Conversation() {
  const end = useRef<HTMLDivElement>(null);
  const t = thread.value;
  const count = t?.items.length ?? 0;
  useEffect(() => end.current?.scrollIntoView({ block: "end" }), [count, t?.id]);
  useEffect(() => {
    refused.value = null;
    asNote.value = false;
  }, [open.value]);
  if (open.value === "" || t === null) return <p class="empty">Choose a conversation.</p>;
  return (
    <article class="conversation">
      <About t={t} />
      <div class="thread" role="log" aria-live="polite" aria-label="Texts" tabIndex={0}>
        <ol>
          {t.items.map((i) => (
            <Line key={i.position} item={i} />
          ))}
        </ol>
        <div ref={end} />
      </div>
      <Composer />
    </article>
  );
}
