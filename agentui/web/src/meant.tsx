// What a customer's text meant, as somebody at work says: flows learn by it.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask, open, read, relabel, thread, works } from "./desk";
import { Modal, begin, done } from "./modal";
import { known, rich, t } from "./t";
import { Trouble } from "./trouble";
import type { Item, Meanable, Refusal } from "./console-wire";

const of = signal<Item | null>(null);
const may = signal<Meanable | null>(null);
const trouble = signal<Refusal | null>(null);
const busy = signal(false);

// named is an intent as people read it: what is built in, in their language; what a flow
// has, as its author calls it.
const named = (intent: string) => known(`intent.${intent}`) ?? intent.replaceAll("_", " ");

const door = (i: Item) => `conversations/${encodeURIComponent(open.value)}/texts/${Math.floor(i.position / 256)}/label`;

function start(i: Item) {
  of.value = i;
  may.value = trouble.value = null;
  begin("meant");
}

// startLast begins with what the customer wrote last.
export const startLast = () => start(last()!);
export const last = () => (thread.value?.items ?? []).filter((i) => i.flow !== undefined).at(-1);

async function keep(i: Item, intent: string | null) {
  busy.value = true;
  try {
    const { status, data } = await ask<Refusal>(intent === null ? "DELETE" : "PUT", door(i), intent === null ? undefined : { intent });
    if (status >= 300 && !(intent === null && status === 404)) {
      trouble.value = data;
      return;
    }
    relabel(i.position, intent);
    done();
  } catch {
    trouble.value = { code: "unavailable", detail: "" };
  } finally {
    busy.value = false;
  }
}

// Meaning stands below a text.
export function Meaning({ item }: { item: Item }) {
  const m = item.meant;
  const may = works.value && item.flow !== undefined;
  if (m === undefined && !may) return null;
  return (
    <span class="meaning">
      {m !== undefined && <span>{rich("meant_by", { intent: <b>{named(m.intent)}</b>, who: m.by })}</span>}
      {may && (
        <button type="button" class="link" aria-haspopup="dialog" onClick={() => start(item)}>
          {t(m === undefined ? "meant" : "meant_change")}
        </button>
      )}
    </span>
  );
}

// Meant asks which.
export function Meant() {
  const i = of.value;
  useEffect(() => {
    if (i !== null) void read<Meanable>(door(i)).then((m) => (m === null ? (trouble.value = { code: "not_found", detail: "" }) : (may.value = m)));
  }, [i]);
  if (i === null) return null;
  return (
    <Modal title={t("meant_title")}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          void keep(i, String(new FormData(e.currentTarget).get("intent") ?? ""));
        }}
      >
        <Trouble of={trouble.value} />
        <blockquote class="quote" dir="auto">
          {i.text}
        </blockquote>
        {may.value !== null && (
          <fieldset class="choices">
            <legend>{rich("meant_which", { flow: <bdi>{may.value.title || may.value.flow}</bdi> })}</legend>
            {may.value.intents.map((name) => (
              <label key={name}>
                <input type="radio" name="intent" value={name} required defaultChecked={name === i.meant?.intent} />
                <span>{named(name)}</span>
              </label>
            ))}
          </fieldset>
        )}
        <p class="faint">{t("meant_why")}</p>
        <div class="buttons end">
          {i.meant !== undefined && (
            <button type="button" class="plain" disabled={busy.value} onClick={() => void keep(i, null)}>
              {t("meant_back")}
            </button>
          )}
          <button type="button" class="plain" onClick={done}>
            {t("cancel")}
          </button>
          <button type="submit" disabled={busy.value || may.value === null}>
            {t("keep")}
          </button>
        </div>
      </form>
    </Modal>
  );
}
