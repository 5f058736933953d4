// The questions that stand before everything else: one at a time.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { colleagues, loadColleagues, me, thread } from "./desk";
import { act, refused } from "./composer";
import { Beginning } from "./beginning";
import { Factor, forget } from "./factor";
import { Keeping } from "./saved";
import { Sessions } from "./sessions";
import { whereabouts } from "./words";
import { locale, rich, said, t as say } from "./t";

import type { Live } from "./console-wire";

type Asked = "" | "return" | "transfer" | "snooze" | "labels" | "replies" | "help" | "palette" | "factor" | "begin" | "question";
export const asked = signal<Asked>("");

interface Question {
  title: string;
  text: string;
  yes: string;
}
const question = signal<(Question & { answer: (yes: boolean) => void }) | null>(null);

// ask puts a yes or no before somebody.
export function ask(q: Question): Promise<boolean> {
  asked.value = "question";
  return new Promise((answer) => (question.value = { ...q, answer }));
}

export function begin(what: Asked) {
  refused.value = null;
  if (what === "transfer") void loadColleagues();
  asked.value = what;
}

function done() {
  forget();
  question.value?.answer(false);
  question.value = null;
  asked.value = "";
}

function Modal({ title, children }: { title: string; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => (before as HTMLElement | null)?.focus?.();
  }, []);
  return (
    <dialog ref={box} aria-labelledby="asked" onClose={done} onClick={(e) => e.target === box.current && done()}>
      <div class="sheet">
        <h2 id="asked">{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

function Buttons({ yes }: { yes: string }) {
  return (
    <div class="buttons end">
      <button type="button" class="plain" onClick={done}>{say("cancel")}</button>
      <button type="submit">{yes}</button>
    </div>
  );
}

function Trouble() {
  return refused.value === null ? null : (
    <p class="banner bad" role="alert">
      {said(refused.value)}
    </p>
  );
}

// submits reads a form and closes the dialog when what it asks for was done.
function submits(go: (form: FormData) => Promise<boolean>) {
  return (e: SubmitEvent) => {
    e.preventDefault();
    void go(new FormData(e.currentTarget as HTMLFormElement)).then((ok) => {
      if (ok) done();
    });
  };
}

const of = (form: FormData, name: string) => String(form.get(name) ?? "");

const chosen = signal("");
const inRun = signal("");

function Answers({ run }: { run: Live }) {
  const some = run.vars.filter((v) => v.answer);
  if (some.length === 0) return null;
  return (
    <fieldset>
      <legend>{say("put_right")}</legend>
      {some.map((v) => (
        <label key={v.name} class="field">
          {v.name}
          <input name={`answer/${v.name}`} defaultValue={v.value} placeholder={say("not_answered")} dir="auto" autocomplete="off" />
        </label>
      ))}
    </fieldset>
  );
}

function Return() {
  const t = thread.value!;
  const able = t.runs.filter((r) => r.questions.length > 0);
  const run = able.find((r) => r.id === inRun.value) ?? able.find((r) => r.id === t.handoff?.run) ?? able[0];
  const go = (form: FormData) => {
    const state = of(form, "state");
    const note = of(form, "note").trim();
    const d = note === "" ? {} : { text: note };
    if (state === "" || run === undefined) return act("return", d);
    const answers: Record<string, string> = {};
    for (const v of run.vars) {
      const typed = of(form, `answer/${v.name}`).trim();
      if (v.answer && typed !== v.value) answers[v.name] = typed;
    }
    return act("return", { ...d, run: run.id, state, answers });
  };
  return (
    <Modal title={say("return_title")}>
      <form onSubmit={submits(go)}>
        <Trouble />
        {able.length > 1 && (
          <label class="field">
            {say("which_flow")}
            <select value={run?.id} onChange={(e) => (inRun.value = e.currentTarget.value)}>
              {able.map((r) => (
                <option key={r.id} value={r.id}>
                  {r.title ?? r.flow} {r.key}
                </option>
              ))}
            </select>
          </label>
        )}
        <fieldset class="choices">
          <legend>{say("where_on")}</legend>
          <label>
            <input type="radio" name="state" value="" checked={chosen.value === ""} onChange={() => (chosen.value = "")} />
            <span>{say("where_flow")}</span>
          </label>
          {(run?.questions ?? []).map((q) => (
            <label key={q}>
              <input type="radio" name="state" value={q} checked={chosen.value === q} onChange={() => (chosen.value = q)} />
              <span>
                {rich("ask_question", { question: <b>{q}</b> })} {q === run?.state && say("where_now")}
              </span>
            </label>
          ))}
        </fieldset>
        {chosen.value !== "" && run !== undefined && <Answers key={run.id} run={run} />}
        <label class="field">
          {say("colleague_note")}
          <input name="note" maxLength={1600} dir="auto" autocomplete="off" />
        </label>
        <Buttons yes={say("hand_back")} />
      </form>
    </Modal>
  );
}

function Transfer() {
  const some = colleagues.value.filter((c) => c.role !== "auditor" && c.name !== thread.value?.agent);
  return (
    <Modal title={say("give_title")}>
      <form onSubmit={submits((form) => act("transfer", { to: of(form, "to"), text: of(form, "note").trim() }))}>
        <Trouble />
        {some.length === 0 ? (
          <p>{say("nobody_else")}</p>
        ) : (
          <fieldset class="choices">
            <legend>{say("to_whom")}</legend>
            {[...some]
              .sort((a, b) => Number(b.here && !b.away) - Number(a.here && !a.away))
              .map((c, i) => (
                <label key={c.name}>
                  <input type="radio" name="to" value={c.name} required defaultChecked={i === 0} />
                  <span>
                    {c.name} {c.name === me.value?.name && say("you")} <small>{whereabouts(c)}</small>
                  </span>
                </label>
              ))}
          </fieldset>
        )}
        <label class="field">
          {say("should_know")}
          <input name="note" maxLength={1600} dir="auto" autocomplete="off" />
        </label>
        <Buttons yes={say("give")} />
      </form>
    </Modal>
  );
}

// moments are what one snoozes to most.
function moments(): [string, Date][] {
  const at = (days: number, hour: number) => {
    const d = new Date();
    d.setDate(d.getDate() + days);
    d.setHours(hour, 0, 0, 0);
    return d;
  };
  const monday = (8 - new Date().getDay()) % 7 || 7;
  return [
    [say("in_hour"), new Date(Date.now() + 3_600_000)],
    [say("in_three"), new Date(Date.now() + 3 * 3_600_000)],
    [say("tomorrow"), at(1, 9)],
    [say("monday"), at(monday, 9)],
  ];
}

function Snooze() {
  const until = (d: Date) => void act("snooze", { until: d.getTime() }).then((ok) => ok && done());
  return (
    <Modal title={say("put_aside")}>
      <p class="faint">{say("comes_back")}</p>
      <Trouble />
      <div class="stack">
        {moments().map(([name, d]) => (
          <button key={name} type="button" class="plain wide" onClick={() => until(d)}>
            {name} <small>{d.toLocaleString(locale, { weekday: "short", hour: "2-digit", minute: "2-digit" })}</small>
          </button>
        ))}
      </div>
      <form
        onSubmit={submits((form) => {
          const d = new Date(of(form, "until"));
          return act("snooze", { until: d.getTime() });
        })}
      >
        <label class="field">
          {say("or_until")}
          <input type="datetime-local" name="until" required />
        </label>
        <Buttons yes={say("snooze")} />
      </form>
    </Modal>
  );
}

function Labels() {
  return (
    <Modal title={say("labels")}>
      <form
        onSubmit={submits((form) =>
          act("label", {
            if_rev: 0,
            labels: of(form, "labels")
              .split(",")
              .map((s) => s.trim())
              .filter((s) => s !== ""),
          }),
        )}
      >
        <Trouble />
        <label class="field">
          {say("labels_hint")}
          <input name="labels" defaultValue={(thread.value?.labels ?? []).join(", ")} dir="auto" autocomplete="off" autofocus />
        </label>
        <Buttons yes={say("keep")} />
      </form>
    </Modal>
  );
}

// Able is one thing that can be done: by its key, or from the palette.
export interface Able {
  key: string; // "": it has none
  name: string;
  can?: () => boolean;
  does: () => void;
}

export const lines = signal<Able[]>([]);

// others are keys that only work where one writes.
const others: [string, string][] = [
  ["Ctrl K", say("everything")],
  ["Ctrl Enter", say("send")],
  [say("slash_key"), say("saved")],
  ["Esc", say("back")],
];

export const keysOn = signal(localStorage.getItem("parley/keys") !== "off");

function Help() {
  return (
    <Modal title={say("keys")}>
      <dl class="keys">
        {[...lines.value.filter((a) => a.key !== "").map((a): [string, string] => [a.key, a.name]), ...others].map(([k, what]) => (
          <div key={k}>
            <dt>
              <kbd>{k}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={keysOn.value}
          onChange={(e) => {
            keysOn.value = e.currentTarget.checked;
            localStorage.setItem("parley/keys", keysOn.value ? "on" : "off");
          }}
        />
        {say("single_keys")}
      </label>
      <div class="buttons end">
        <button type="button" onClick={done}>{say("close")}</button>
      </div>
    </Modal>
  );
}

const typed = signal("");

// Palette is everything that can be done just now, by its name.
function Palette() {
  const words = typed.value.toLowerCase().split(/\s+/);
  const some = lines.value.filter((a) => a.can?.() !== false && words.every((w) => a.name.toLowerCase().includes(w)));
  const run = (a: Able | undefined) => {
    if (a === undefined) return;
    typed.value = "";
    done();
    setTimeout(a.does); // after the dialog has given the focus back
  };
  const move = (e: KeyboardEvent) => {
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    e.preventDefault();
    const all = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("input, button")];
    all[all.indexOf(document.activeElement as HTMLElement) + (e.key === "ArrowDown" ? 1 : -1)]?.focus();
  };
  return (
    <Modal title={say("what_to_do")}>
      <form
        onKeyDown={move}
        onSubmit={(e) => {
          e.preventDefault();
          run(some[0]);
        }}
      >
        <label class="hidden" for="do">{say("find")}</label>
        <input id="do" autocomplete="off" placeholder={say("type_here")} value={typed.value} onInput={(e) => (typed.value = e.currentTarget.value)} autofocus />
        <div class="stack palette" role="group" aria-label={say("can_do")}>
          {some.map((a) => (
            <button key={a.name} type="button" class="plain wide" onClick={() => run(a)}>
              {a.name} {a.key !== "" && <kbd>{a.key}</kbd>}
            </button>
          ))}
          {some.length === 0 && <p class="faint">{say("none_to_do")}</p>}
        </div>
      </form>
    </Modal>
  );
}

function Asking() {
  const q = question.value;
  if (q === null) return null;
  return (
    <Modal title={q.title}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          q.answer(true);
          done();
        }}
      >
        <p>{q.text}</p>
        <Buttons yes={q.yes} />
      </form>
    </Modal>
  );
}

/** A dialog in which nothing is decided by leaving it. */
function Closing(p: { title: string; children: ComponentChildren }) {
  return (
    <Modal title={p.title}>
      {p.children}
      <div class="buttons end">
        <button type="button" class="plain" onClick={done}>{say("close")}</button>
      </div>
    </Modal>
  );
}

export function Dialogs() {
  const a = asked.value;
  if (a === "help") return <Help />;
  if (a === "palette") return <Palette />;
  if (a === "factor") {
    return (
      <Closing title={say("your_sign_in")}>
        <Sessions />
        <h3>{say("second_factor")}</h3>
        <Factor />
      </Closing>
    );
  }
  if (a === "begin") {
    return (
      <Modal title={say("begin_new")}>
        <Beginning done={done} />
      </Modal>
    );
  }
  if (a === "question") return <Asking />;
  if (a === "replies") {
    return (
      <Closing title={say("saved")}>
        <Keeping />
      </Closing>
    );
  }
  if (a === "" || thread.value === null) return null;
  switch (a) {
    case "return":
      return <Return />;
    case "transfer":
      return <Transfer />;
    case "snooze":
      return <Snooze />;
    case "labels":
      return <Labels />;
  }
}

