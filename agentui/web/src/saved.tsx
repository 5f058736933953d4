// Saved replies: chosen in the composer, kept by leads.
import { signal } from "@preact/signals";
import { leads, loadReplies, replies, saveReply, dropReply } from "./desk";
import { begin } from "./modal";
import { rich, t } from "./t";
import { Trouble } from "./trouble";
import type { Refusal } from "./console-wire";

// choosing says whether the list stands open below what is written.
export const choosing = signal(false);

export function offer() {
  choosing.value = true;
  void loadReplies();
}

// Choice offers what begins with, or has in it, what stands behind the /.
export function Choice({ typed, pick }: { typed: string; pick: (text: string) => void }) {
  const sought = typed.toLowerCase();
  const some = replies.value.filter((r) => r.name.startsWith(sought) || (sought.length > 2 && r.text.toLowerCase().includes(sought))).slice(0, 8);
  return (
    <div class="choice" role="group" aria-label={t("saved")}>
      {some.length === 0 && <p class="faint">{replies.value.length === 0 ? t("no_saved") : t("none_called")}</p>}
      {some.map((r) => (
        <button key={r.name} type="button" class="plain wide" disabled={r.problem !== undefined} onClick={() => pick(r.filled ?? r.text)}>
          <b>/{r.name}</b>
          <span class="faint">{r.problem ?? r.filled ?? r.text}</span>
        </button>
      ))}
      <div class="buttons">
        {leads.value && (
          <button type="button" class="link" onClick={() => begin("replies")}>{t("keep_replies")}</button>
        )}
        <button type="button" class="link" onClick={() => (choosing.value = false)}>{t("close_list")}</button>
      </div>
    </div>
  );
}

const trouble = signal<Refusal | null>(null);
const edited = signal({ name: "", text: "" });

async function keep(e: SubmitEvent) {
  e.preventDefault();
  trouble.value = await saveReply(edited.value.name.trim(), edited.value.text);
  if (trouble.value === null) edited.value = { name: "", text: "" };
}

export function Keeping() {
  return (
    <>
      <ul class="stack">
        {replies.value.map((r) => (
          <li key={r.name} class="kept">
            <button type="button" class="link" onClick={() => (edited.value = { name: r.name, text: r.text })}>
              /{r.name}
            </button>
            <span class="faint">{t("by", { who: r.by })}</span>
            <button type="button" class="link" aria-label={t("take_out_name", { name: r.name })} onClick={() => void dropReply(r.name)}>{t("take_out")}</button>
          </li>
        ))}
      </ul>
      <form onSubmit={(e) => void keep(e)}>
        <Trouble of={trouble.value} />
        <label class="field">
          {t("name")}
          <input value={edited.value.name} maxLength={32} required autocomplete="off" onInput={(e) => (edited.value = { ...edited.value, name: e.currentTarget.value })} />
        </label>
        <label class="field">
          {t("text")}
          <textarea rows={4} maxLength={1600} required dir="auto" value={edited.value.text} onInput={(e) => (edited.value = { ...edited.value, text: e.currentTarget.value })} />
        </label>
        <p class="faint">
          {rich("filled_in", { fields: <code>{"{{ contact.name }} {{ agent }} {{ brand }} {{ key }}"}</code> })}
        </p>
        <div class="buttons end">
          <button type="submit">{t("keep_it")}</button>
        </div>
      </form>
    </>
  );
}
