// Where an answer or a note is written, and what speaks against sending it.
import { computed, effect, signal } from "@preact/signals";
import * as drafts from "./drafts";
import type { Draft, Mode } from "./drafts";
import { command, colleagues, look, mayTake, me, mine, open, thread, works, written } from "./desk";
import { Icon } from "./icons";
import { ask } from "./dialogs";
import { Choice, choosing, offer } from "./saved";
import { count, plainer, simplified } from "./segments";
import { cancel, send as keep } from "./sending";
import { moment } from "./words";
import type { Outgoing } from "./outbox";
import type { Doing } from "./desk";
import type { Item, Refusal } from "./console-wire";

export const mode = signal<Mode>("reply");
export const refused = signal<Refusal | null>(null);
const busy = signal(false);

// current is the draft of what is open; the box of drafts outlives the page.
const current = signal<Draft>({ text: "", rev: 0 });
effect(() => {
  current.value = me.value ? drafts.load(localStorage, me.value.name, open.value, mode.value) : { text: "", rev: 0 };
  refused.value = null;
});
effect(() => {
  void open.value;
  mode.value = "reply";
  choosing.value = false;
});

function write(text: string, rev = current.value.text === "" ? (thread.value?.rev ?? 0) : current.value.rev) {
  current.value = { text, rev };
  drafts.save(localStorage, me.value!.name, open.value, mode.value, current.value);
  written.value = drafts.drafted(localStorage, me.value!.name);
}

// newer are the customer's texts that came after the draft was begun: its writer may not
// have read them.
const newer = computed((): Item[] => {
  const d = current.value;
  if (mode.value === "note" || d.text === "") return [];
  return (thread.value?.items ?? []).filter((i) => i.by === "customer" && i.position / 256 > d.rev + 0.5);
});

// act carries something out and says what came of it.
export async function act(op: Parameters<typeof command>[0], d: Doing = {}): Promise<boolean> {
  busy.value = true;
  refused.value = await command(op, d);
  busy.value = false;
  return refused.value === null;
}

async function send(anyway = false) {
  const text = current.value.text.trim();
  const t = thread.value;
  if (text === "" || t === null || busy.value) return;
  if (mode.value === "reply" && !anyway && newer.value.length > 0) return;
  busy.value = true;
  const kind = mode.value;
  await keep(t, kind, { text, ...(anyway ? { anyway: true } : {}) }, text);
  busy.value = false;
  if (open.value === t.id && mode.value === kind) return write("");
  drafts.save(localStorage, me.value!.name, t.id, kind, { text: "", rev: 0 }); // one has gone on
  written.value = drafts.drafted(localStorage, me.value!.name);
}

// resend sends what failed as a text of its own.
export async function resend(item: Item) {
  const t = thread.value;
  if (t === null) return;
  const unsure = item.error === "unknown_fate";
  const sure = !unsure || (await ask({
    title: "Send it again?",
    text: "Nobody knows whether this text arrived. Sent again, the customer may get it twice.",
    yes: "Send again",
  }));
  if (sure) await keep(t, "resend", { message: item.message!, ...(unsure ? { anyway: true } : {}) }, item.text ?? "");
}

// takeBack puts what waits to go where it can be changed; what stands there stays above it.
export async function takeBack(o: Outgoing) {
  mode.value = o.command.op === "note" ? "note" : "reply";
  await cancel(o);
  const before = current.value.text.trimEnd();
  write(before === "" ? o.text : `${before}\n${o.text}`, before === "" ? (o.command.if_rev ?? 0) : current.value.rev);
  document.getElementById("answer")?.focus();
}

function Newer() {
  const all = newer.value;
  if (all.length === 0) return null;
  return (
    <div class="banner warn" role="alert">
      <strong>{all.length === 1 ? "A newer message arrived while you wrote." : `${all.length} newer messages arrived while you wrote.`}</strong>
      <blockquote dir="auto">{all.at(-1)!.text ?? "An attachment"}</blockquote>
      <div class="buttons">
        <button type="button" class="plain" onClick={() => write(current.value.text, thread.value?.rev ?? 0)}>
          I have read it
        </button>
        <button type="button" class="plain" onClick={() => void send(true)}>
          Send anyway
        </button>
      </div>
    </div>
  );
}

function Refused() {
  const r = refused.value;
  if (r === null) return null;
  const who = r.current?.owner === "agent" ? r.current.agent : undefined;
  const newerCame = r.code === "conflict" && who === me.value?.name;
  const text = newerCame ? "Something newer arrived. Read it, then send." : r.code === "conflict" && who ? `${who} has this conversation now.` : sentence(r.detail);
  return (
    <div class="banner bad" role="alert">
      <span>{text}</span>
      <button type="button" class="plain" onClick={() => (refused.value = null)}>
        Close
      </button>
    </div>
  );
}

export const sentence = (s: string) => s.charAt(0).toUpperCase() + s.slice(1) + (/[.!?]$/.test(s) ? "" : ".");

function Stops() {
  if (mode.value === "note") return null;
  return (
    <>
      {(thread.value?.stops ?? []).map((s) => (
        <div key={s.code} class={s.anyway ? "banner warn" : "banner bad"} role="status">
          {sentence(s.detail)} {s.until !== undefined && <>Until {moment(s.until)}.</>} {s.anyway && "You will be asked before it goes out."}
        </div>
      ))}
    </>
  );
}

// Counter says what the text will cost, and which character makes it dear.
function Counter() {
  const c = count(current.value.text);
  const better = plainer(c.offending);
  const dear = c.offending !== "" && simplified(current.value.text) !== current.value.text;
  return (
    <span class="counter">
      <span class={c.segments > 1 ? "more" : ""}>
        {c.segments} {c.segments === 1 ? "segment" : "segments"}
      </span>{" "}
      · {c.left} left
      {c.offending !== "" && (
        <>
          {" "}
          · <span class="costs">“{c.offending}” leaves only 70 a segment</span>
          {dear && (
            <button type="button" class="link" onClick={() => write(simplified(current.value.text))}>
              {better ? `Write ${better} instead` : "Write it plainer"}
            </button>
          )}
        </>
      )}
    </span>
  );
}

const blocked = computed(() => mode.value === "reply" && (thread.value?.stops ?? []).some((s) => !s.anyway));

export function Composer() {
  const text = current.value.text;
  const note = mode.value === "note";
  if (!works.value) return <div class="composer reading">You read here, and do nothing.</div>;
  return (
    <form
      class={note ? "composer noting" : "composer"}
      onSubmit={(e) => {
        e.preventDefault();
        void send();
      }}
    >
      <Refused />
      <Newer />
      <div class="modes" role="group" aria-label="What to write">
        <button type="button" class="tab" aria-pressed={!note} onClick={() => (mode.value = "reply")}>
          Reply
        </button>
        <button type="button" class="tab" aria-pressed={note} onClick={() => (mode.value = "note")}>
          <Icon name="note" /> Note
        </button>
        {!note && mine.value && (
          <button type="button" class="tab saved" aria-expanded={choosing.value} onClick={() => (choosing.value ? (choosing.value = false) : offer())}>
            Saved replies
          </button>
        )}
      </div>
      {!note && !mine.value ? (
        <div class="take">
          <p>
            {thread.value?.owner === "bot"
              ? "The bot has this conversation. It falls silent once you take it."
              : thread.value?.owner === "agent"
                ? `${thread.value.agent} has this conversation.${mayTake.value ? "" : " A lead may take it, or they give it to you."}`
                : "Nobody has this conversation yet."}
          </p>
          {mayTake.value && (
            <button type="button" disabled={busy.value} onClick={() => void act("take")}>
              Take it
            </button>
          )}
        </div>
      ) : (
        <>
          <Stops />
          <label class="hidden" for="answer">
            {note ? "Note" : "Reply"}
          </label>
          <textarea
            id="answer"
            rows={3}
            maxLength={1600}
            dir="auto"
            placeholder={note ? "A note that only colleagues read; @name calls one" : "Your reply, as a text"}
            value={text}
            disabled={blocked.value}
            aria-describedby="cost"
            onInput={(e) => {
              const typed = e.currentTarget.value;
              if (!note && typed === "/") offer();
              if (typed === "") choosing.value = false;
              write(typed);
              if (!note) look(true);
            }}
            onKeyDown={(e) => {
              if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && !e.isComposing) {
                e.preventDefault();
                void send();
              }
            }}
          />
          {!note && choosing.value && (
            <Choice
              typed={text.startsWith("/") ? text.slice(1) : ""}
              pick={(chosen) => {
                write(text.startsWith("/") || text === "" ? chosen : `${text.trimEnd()} ${chosen}`);
                choosing.value = false;
                document.getElementById("answer")?.focus();
              }}
            />
          )}
          <div class="foot">
            <span id="cost">{note ? <Names text={text} /> : <Counter />}</span>
            <button type="submit" disabled={busy.value || blocked.value || text.trim() === "" || newer.value.length > 0} title="Ctrl Enter">
              {note ? "Keep note" : "Send"}
            </button>
          </div>
        </>
      )}
    </form>
  );
}

// Names offers colleagues behind an @.
function Names({ text }: { text: string }) {
  const begun = /(?:^|[^\p{L}\p{N}])@([A-Za-z0-9.-]*)$/u.exec(text)?.[1];
  if (begun === undefined) return <>Only colleagues read this.</>;
  const some = colleagues.value.filter((c) => c.name.startsWith(begun.toLowerCase()) && c.name !== me.value?.name).slice(0, 5);
  return (
    <span class="names">
      {some.map((c) => (
        <button
          key={c.name}
          type="button"
          class="link"
          onClick={() => {
            write(text.slice(0, text.length - begun.length) + c.name + " ");
            document.getElementById("answer")?.focus();
          }}
        >
          @{c.name}
        </button>
      ))}
    </span>
  );
}
