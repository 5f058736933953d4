// Where an answer or a note is written, and what speaks against sending it.
import { computed, effect, signal } from "@preact/signals";
import * as drafts from "./drafts";
import type { Draft, Mode } from "./drafts";
import { command, colleagues, look, mayTake, me, mine, open, thread, works, written } from "./desk";
import { refocus } from "./focus";
import { Icon } from "./icons";
import { ask } from "./modal";
import { Choice, choosing, offer } from "./saved";
import { count, plainer, simplified } from "./segments";
import { cancel, send as keep } from "./sending";
import { said, t as say } from "./t";
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
  store(open.value, mode.value, current.value);
}

// store keeps a draft for whoever sits here. Who was signed out meanwhile has none.
function store(id: string, kind: Mode, d: Draft) {
  const name = me.value?.name;
  if (name === undefined) return;
  drafts.save(localStorage, name, id, kind, d);
  written.value = drafts.drafted(localStorage, name);
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
  const at = document.activeElement;
  busy.value = true;
  refused.value = await command(op, d);
  busy.value = false;
  if (at !== document.body) refocus(at?.id ?? "");
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
  refocus("answer");
  if (open.value === t.id && mode.value === kind) return write("");
  store(t.id, kind, { text: "", rev: 0 }); // one has gone on
}

// resend sends what failed as a text of its own.
export async function resend(item: Item) {
  const t = thread.value;
  if (t === null) return;
  const unsure = item.error === "unknown_fate";
  const sure = !unsure || (await ask({
    title: say("again_title"),
    text: say("again_text"),
    yes: say("send_again"),
  }));
  if (sure) await keep(t, "resend", { message: item.message!, ...(unsure ? { anyway: true } : {}) }, item.text ?? "");
}

// takeBack puts what waits to go where it can be changed; what stands there stays above it.
export async function takeBack(o: Outgoing) {
  mode.value = o.command.op === "note" ? "note" : "reply";
  const before = current.value.text.trimEnd();
  write(before === "" ? o.text : `${before}\n${o.text}`, before === "" ? (o.command.if_rev ?? 0) : current.value.rev);
  await cancel(o); // when it stands there: nothing is lost on the way
  document.getElementById("answer")?.focus();
}

function Newer() {
  const all = newer.value;
  if (all.length === 0) return null;
  return (
    <div class="banner warn" role="alert">
      <strong>{say("newer", { n: all.length })}</strong>
      <blockquote dir="auto">{all.at(-1)!.text ?? say("an_attachment")}</blockquote>
      <div class="buttons">
        <button type="button" class="plain" onClick={() => write(current.value.text, thread.value?.rev ?? 0)}>{say("read_it")}</button>
        {!blocked.value && (
          <button type="button" class="plain" onClick={() => void send(true)}>{say("send_anyway")}</button>
        )}
      </div>
    </div>
  );
}

function Refused() {
  const r = refused.value;
  if (r === null) return null;
  const who = r.current?.owner === "agent" ? r.current.agent : undefined;
  const newerCame = r.code === "conflict" && who === me.value?.name;
  const text = newerCame ? say("newer_came") : r.code === "conflict" && who ? say("has_it_now", { who }) : said(r);
  return (
    <div class="banner bad" role="alert">
      <span>{text}</span>
      <button type="button" class="plain" onClick={() => (refused.value = null)}>{say("close")}</button>
    </div>
  );
}

function Stops() {
  if (mode.value === "note") return null;
  return (
    <>
      {(thread.value?.stops ?? []).map((s) => (
        <div key={s.code} class={s.anyway ? "banner warn" : "banner bad"} role="status">
          {said(s)} {s.until !== undefined && say("until_then", { when: moment(s.until) })} {s.anyway && say("asked_before")}
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
        {say("segments", { n: c.segments })}
      </span>{" "}
      · {say("left", { n: c.left })}
      {c.offending !== "" && (
        <>
          {" "}
          · <span class="costs">{say("costs", { char: c.offending })}</span>
          {dear && (
            <button type="button" class="link" onClick={() => write(simplified(current.value.text))}>
              {better ? say("write_instead", { char: better }) : say("plainer")}
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
  if (!works.value) return <div class="composer reading">{say("reads_only")}</div>;
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
      <div class="modes" role="group" aria-label={say("what_to_write")}>
        <button type="button" class="tab" aria-pressed={!note} onClick={() => (mode.value = "reply")}>{say("reply")}</button>
        <button type="button" class="tab" aria-pressed={note} onClick={() => (mode.value = "note")}>
          <Icon name="note" />{say("note")}</button>
        {!note && mine.value && (
          <button type="button" class="tab saved" aria-expanded={choosing.value} onClick={() => (choosing.value ? (choosing.value = false) : offer())}>{say("saved")}</button>
        )}
      </div>
      {!note && !mine.value ? (
        <div class="take">
          <p>
            {thread.value?.owner === "bot"
              ? say("bot_has")
              : thread.value?.owner === "agent"
                ? say(mayTake.value ? "they_have" : "they_have_lead", { who: thread.value.agent ?? "" })
                : say("nobody_has")}
          </p>
          {mayTake.value && (
            <button type="button" disabled={busy.value} onClick={() => void act("take")}>{say("take_it")}</button>
          )}
        </div>
      ) : (
        <>
          <Stops />
          <label class="hidden" for="answer">
            {note ? say("note") : say("reply")}
          </label>
          <textarea
            id="answer"
            rows={3}
            maxLength={1600}
            dir="auto"
            placeholder={note ? say("note_hint") : say("reply_hint")}
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
              {note ? say("keep_note") : say("send")}
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
  if (begun === undefined) return <>{say("only_colleagues")}</>;
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
