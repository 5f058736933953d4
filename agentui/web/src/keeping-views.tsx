// Views of the list: chosen above it, and kept by each for themselves.
import { computed, signal } from "@preact/signals";
import { list } from "./desk";
import { Modal, begin, done, of } from "./modal";
import { t } from "./t";
import { Trouble } from "./trouble";
import { choose, chosen, dropView, queueOf, saveView, view, views } from "./views";
import { priorities } from "./words";
import type { ListView, Refusal } from "./console-wire";

// ViewBar stands above the list.
export function ViewBar() {
  return (
    <div class="views">
      {views.value.length > 0 && (
        <select aria-label={t("views")} value={chosen.value} onChange={(e) => choose(e.currentTarget.value)}>
          <option value="">{t("view_none")}</option>
          {views.value.map((v) => (
            <option key={v.name} value={v.name}>
              {v.name}
            </option>
          ))}
        </select>
      )}
      <button type="button" class="link" onClick={() => start()}>
        {t("views_keep")}
      </button>
    </div>
  );
}

const edited = signal<ListView>({ name: "", which: "all" });
const trouble = signal<Refusal | null>(null);

export function start() {
  trouble.value = null;
  edited.value = views.value.find((v) => v.name === chosen.value) ?? { name: "", which: view.value };
  begin("views");
}

// some are the values that the list has just now, and the one that is kept already.
const some = (values: (string | undefined)[], kept: string | undefined) => [...new Set([...values, kept].filter((v): v is string => !!v))].sort();
const queues = computed(() => some(list.value.map(queueOf), edited.value.queue));
const labels = computed(() => some(list.value.flatMap((d) => d.labels ?? []), edited.value.label));
const flows = computed(() => some(list.value.map((d) => d.flow), edited.value.flow));

function Choice({ name, title, values, value }: { name: string; title: string; values: [string, string][]; value: string | undefined }) {
  return (
    <label class="field">
      {title}
      <select name={name} defaultValue={value ?? ""}>
        {name !== "which" && <option value="">{t("any")}</option>}
        {values.map(([v, text]) => (
          <option key={v} value={v} selected={v === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

const named = (all: string[]) => all.map((v): [string, string] => [v, v]);

async function keep(form: FormData) {
  const v: ListView = { name: of(form, "name"), which: of(form, "which"), queue: of(form, "queue"), label: of(form, "label"), priority: of(form, "priority") as "alert", flow: of(form, "flow") };
  trouble.value = await saveView(v);
  if (trouble.value !== null) return;
  choose(v.name.trim().split(/\s+/).join(" "));
  done();
}

async function drop(name: string) {
  trouble.value = await dropView(name);
  if (chosen.value === name) choose("");
}

export function KeepingViews() {
  const e = edited.value;
  return (
    <Modal title={t("views")}>
      {views.value.length > 0 && (
        <ul class="stack">
          {views.value.map((v, i) => (
            <li key={v.name} class="kept">
              <button type="button" class="link" onClick={() => (edited.value = v)}>
                <bdi>{v.name}</bdi>
              </button>
              <span class="faint">{i < 9 && <kbd>{`g ${i + 1}`}</kbd>}</span>
              <button type="button" class="link" aria-label={t("take_out_name", { name: v.name })} onClick={() => void drop(v.name)}>
                {t("take_out")}
              </button>
            </li>
          ))}
        </ul>
      )}
      <form
        key={e.name}
        onSubmit={(s) => {
          s.preventDefault();
          void keep(new FormData(s.currentTarget));
        }}
      >
        <Trouble of={trouble.value} />
        <label class="field">
          {t("name")}
          <input name="name" defaultValue={e.name} maxLength={40} required autocomplete="off" dir="auto" autofocus />
        </label>
        <Choice name="which" title={t("which")} value={e.which} values={[["all", t("view.all")], ["mine", t("view.mine")], ["waiting", t("view.waiting")], ["snoozed", t("view.snoozed")]]} />
        <Choice name="queue" title={t("queue")} value={e.queue} values={named(queues.value)} />
        <Choice name="label" title={t("label")} value={e.label} values={named(labels.value)} />
        <Choice name="priority" title={t("priority")} value={e.priority} values={Object.entries(priorities)} />
        <Choice name="flow" title={t("flow")} value={e.flow} values={named(flows.value)} />
        <p class="faint">{t("views_yours")}</p>
        <div class="buttons end">
          <button type="button" class="plain" onClick={done}>
            {t("close")}
          </button>
          <button type="submit">{t("keep_it")}</button>
        </div>
      </form>
    </Modal>
  );
}
