// Beginning a conversation: with a text of one's own, or with a flow by its inputs.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask, read, show } from "./desk";
import { isNumber } from "./number";
import { Once } from "./once";
import { count } from "./segments";
import { known, said, t } from "./t";
import type { Begun, Beginning as Wanted, Input, Refusal, Startable } from "./console-wire";

const flows = signal<Startable[]>([]);
const flow = signal(""); // "": a text
const text = signal("");
const trouble = signal<Refusal | null>(null);
const there = signal(""); // the conversation that there is already
const busy = signal(false);
const once = new Once();

async function load() {
  const some = await read<{ flows: Startable[] }>("starts");
  if (some !== null) flows.value = some.flows;
}

function forget() {
  trouble.value = null;
  there.value = "";
}

// changed takes back what was said against what stood there: that something is under way, with
// another number alone.
function changed(e: Event) {
  if (there.value === "" || (e.target as HTMLInputElement).name === "to") forget();
}

// refuse says what is wrong, and leads to where that can be put right.
function refuse(form: HTMLFormElement, r: Refusal) {
  trouble.value = r;
  const name = r.code === "number" ? "to" : r.code === "input" ? `in.${r.field}` : "";
  if (name !== "") form.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`)?.focus();
}

async function submit(form: HTMLFormElement, anyway: boolean, done: () => void) {
  const of = new FormData(form);
  const wanted: Omit<Wanted, "id"> = { to: String(of.get("to") ?? "").trim() };
  if (flow.value === "") wanted.text = text.value.trim();
  else {
    wanted.flow = flow.value;
    wanted.inputs = Object.fromEntries([...of].filter(([name]) => name.startsWith("in.")).map(([name, value]) => [name.slice(3), String(value)]));
  }
  forget();
  if (!isNumber(wanted.to)) return refuse(form, { code: "number", detail: "" });
  const what = JSON.stringify(wanted);
  busy.value = true;
  try {
    const { status, data } = await ask<Begun & Refusal>("POST", "begin", { ...wanted, id: once.id(what), anyway });
    once.answered(what, status);
    if (status < 300) {
      text.value = "";
      done();
      await show(data.conversation);
      return;
    }
    there.value = status === 409 ? data.conversation : "";
    refuse(form, data);
  } catch {
    trouble.value = { code: "offline", detail: "" };
  } finally {
    busy.value = false;
  }
}

const kinds: Record<string, "date" | "time" | "number" | "email"> = { date: "date", time: "time", integer: "number", number: "number", email: "email" };

// worded is a value that can be chosen as people read it.
const worded = (i: Input, value: string) => (i.type !== "boolean" ? value : t(value === "true" ? "input_yes" : "input_no"));

function Field({ i }: { i: Input }) {
  const name = `in.${i.name}`;
  const label = i.name.replaceAll("_", " ");
  const wrong = trouble.value?.code === "input" && trouble.value.field === i.name;
  if (i.type === "boolean" || (i.values ?? []).length > 0) {
    const values = i.type === "boolean" ? ["true", "false"] : i.values!;
    return (
      <label class="field">
        {label}
        <select name={name} required={i.required} aria-invalid={wrong}>
          <option value="">{i.default === undefined ? "" : worded(i, i.default)}</option>
          {values.map((v) => (
            <option key={v} value={v}>
              {worded(i, v)}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <label class="field">
      {label}
      {i.type === "text" ? (
        <textarea name={name} rows={2} required={i.required} placeholder={i.default} aria-invalid={wrong} />
      ) : (
        <input {...({ type: i.secret ? "password" : (kinds[i.type] ?? "text"), ...(i.type === "number" && { step: "any" }) } as object)} name={name} required={i.required} placeholder={i.default} autocomplete="off" aria-invalid={wrong} />
      )}
      {known(`input_as.${i.type}`) && <small>{known(`input_as.${i.type}`)}</small>}
    </label>
  );
}

export function Beginning({ done }: { done: () => void }) {
  useEffect(() => {
    forget();
    void load();
  }, []);
  const c = count(text.value);
  const chosen = flows.value.find((f) => f.flow === flow.value);
  const quiet = trouble.value?.code === "quiet";
  const go = (e: Event, anyway: boolean) => {
    e.preventDefault();
    const form = (e.currentTarget as HTMLElement).closest("form");
    if (form?.reportValidity()) void submit(form, anyway, done);
  };
  return (
    <form onSubmit={(e) => go(e, false)} onInput={changed}>
      {trouble.value !== null && (
        <p class="banner bad" role="alert">
          {there.value === "" ? said(trouble.value) : t("begin_there")}{" "}
          {there.value !== "" && (
            <button type="button" class="plain small" onClick={() => (done(), void show(there.value))}>
              {t("begin_open")}
            </button>
          )}
        </p>
      )}
      <label class="field">
        {t("begin_to")}
        <input name="to" type="tel" inputMode="tel" placeholder="+12025550123" autocomplete="off" required autofocus dir="ltr" aria-invalid={trouble.value?.code === "number"} />
      </label>
      {flows.value.length > 0 && (
        <label class="field">
          {t("begin_with")}
          <select value={flow.value} onChange={(e) => (flow.value = e.currentTarget.value)}>
            <option value="">{t("begin_text")}</option>
            {flows.value.map((f) => (
              <option key={f.flow} value={f.flow}>
                {f.title}
              </option>
            ))}
          </select>
        </label>
      )}
      {chosen === undefined ? (
        <label class="field">
          {t("begin_write")}
          <textarea rows={3} maxLength={1600} required value={text.value} onInput={(e) => (text.value = e.currentTarget.value)} />
          <small>{text.value === "" ? "" : t("segments", { n: c.segments })}</small>
        </label>
      ) : (
        chosen.inputs.map((i) => <Field key={`${chosen.flow} ${i.name}`} i={i} />)
      )}
      <p class="faint">{t(chosen === undefined ? "begin_yours" : "begin_bots")}</p>
      <div class="buttons end">
        <button type="button" class="plain" onClick={done}>
          {t("cancel")}
        </button>
        {quiet && (
          <button type="button" class="plain" onClick={(e) => go(e, true)}>
            {t("send_anyway")}
          </button>
        )}
        <button type="submit" disabled={busy.value}>
          {t("begin_now")}
        </button>
      </div>
    </form>
  );
}
