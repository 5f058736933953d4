// Beginning a conversation: with a text of one's own, or with a flow by its inputs.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask, read, show } from "./desk";
import { uuid7 } from "./outbox";
import { count } from "./segments";
import { said, t } from "./t";
import type { Begun, Beginning as Wanted, Input, Refusal, Startable } from "./console-wire";

const flows = signal<Startable[]>([]);
const flow = signal(""); // "": a text
const text = signal("");
const trouble = signal<Refusal | null>(null);
const there = signal(""); // the conversation that there is already
const busy = signal(false);
let id = "";

async function load() {
  const some = await read<{ flows: Startable[] }>("starts");
  if (some !== null) flows.value = some.flows;
}

// afresh is a new command: what was wrong with the last has been put right.
function afresh() {
  id = uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
  trouble.value = null;
  there.value = "";
}

async function submit(form: HTMLFormElement, anyway: boolean, done: () => void) {
  const of = new FormData(form);
  const wanted: Wanted = { id, to: String(of.get("to") ?? "").trim() };
  if (flow.value === "") Object.assign(wanted, { text: text.value.trim(), anyway });
  else Object.assign(wanted, { flow: flow.value, inputs: Object.fromEntries([...of].filter(([name]) => name.startsWith("in.")).map(([name, value]) => [name.slice(3), String(value)])) });
  busy.value = true;
  try {
    const { status, data } = await ask<Begun & Refusal>("POST", "begin", wanted);
    if (status < 300) {
      text.value = "";
      done();
      await show(data.conversation);
      return;
    }
    afresh();
    trouble.value = data;
    there.value = status === 409 ? data.conversation : "";
  } catch {
    trouble.value = { code: "unavailable", detail: "" }; // under the same id: it may have arrived
  } finally {
    busy.value = false;
  }
}

const kinds: Record<string, "date" | "time" | "number" | "email"> = { date: "date", time: "time", integer: "number", number: "number", email: "email" };

function Field({ i }: { i: Input }) {
  const name = `in.${i.name}`;
  const label = i.name.replaceAll("_", " ");
  if (i.type === "boolean" || (i.values ?? []).length > 0) {
    const values = i.type === "boolean" ? ["true", "false"] : i.values!;
    return (
      <label class="field">
        {label}
        <select name={name} required={i.required}>
          <option value="">{i.default ?? ""}</option>
          {values.map((v) => (
            <option key={v} value={v}>
              {i.type === "boolean" ? t(v === "true" ? "input_yes" : "input_no") : v}
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
        <textarea name={name} rows={2} required={i.required} placeholder={i.default} />
      ) : (
        <input {...({ type: i.secret ? "password" : (kinds[i.type] ?? "text"), ...(i.type === "number" && { step: "any" }) } as object)} name={name} required={i.required} placeholder={i.default} autocomplete="off" />
      )}
    </label>
  );
}

export function Beginning({ done }: { done: () => void }) {
  useEffect(() => {
    afresh();
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
    <form onSubmit={(e) => go(e, false)}>
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
        <input name="to" type="tel" inputMode="tel" placeholder="+12025550123" autocomplete="off" required autofocus dir="ltr" />
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
