// What is asked before something is done to a conversation: back to whom, to whom, until
// when, called what.
import { signal } from "@preact/signals";
import { act, refused } from "./composer";
import { colleagues, me, thread } from "./desk";
import { Buttons, Modal, done, of, submits } from "./modal";
import { locale, rich, t as say } from "./t";
import { Trouble } from "./trouble";
import { whereabouts } from "./words";
import type { Live } from "./console-wire";

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

export function Return() {
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
        <Trouble of={refused.value} />
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

export function Transfer() {
  const some = colleagues.value.filter((c) => c.role !== "auditor" && c.name !== thread.value?.agent);
  return (
    <Modal title={say("give_title")}>
      <form onSubmit={submits((form) => act("transfer", { to: of(form, "to"), text: of(form, "note").trim() }))}>
        <Trouble of={refused.value} />
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

export function Snooze() {
  const until = (d: Date) => void act("snooze", { until: d.getTime() }).then((ok) => ok && done());
  return (
    <Modal title={say("put_aside")}>
      <p class="faint">{say("comes_back")}</p>
      <Trouble of={refused.value} />
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

export function Labels() {
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
        <Trouble of={refused.value} />
        <label class="field">
          {say("labels_hint")}
          <input name="labels" defaultValue={(thread.value?.labels ?? []).join(", ")} dir="auto" autocomplete="off" autofocus />
        </label>
        <Buttons yes={say("keep")} />
      </form>
    </Modal>
  );
}
