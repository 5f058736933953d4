// Unlocking an account takes two who work here: one proposes, another agrees.
import { signal } from "@preact/signals";
import { ask, customer, me, open, show, works } from "./desk";
import { uuid7 } from "./outbox";
import { known, said, t } from "./t";
import type { CustomerAccount, Refusal } from "./console-wire";

const writing = signal(""); // the account that somebody writes a reason for
const trouble = signal("");
let id = "";

async function give(e: SubmitEvent, account: string, seen: string) {
  e.preventDefault();
  const conversation = open.value;
  const reason = String(new FormData(e.currentTarget as HTMLFormElement).get("reason") ?? "").trim();
  try {
    const { status, data } = await ask<Refusal>("POST", `conversations/${encodeURIComponent(conversation)}/accounts/${encodeURIComponent(account)}/unlock`, { id, reason, with: seen });
    trouble.value = status < 300 ? "" : (known(`unlock.${data.code}`) ?? said(data));
    if (status >= 300) return;
    writing.value = "";
  } catch {
    trouble.value = t("error.unavailable");
    return;
  }
  if (open.value === conversation) await show(conversation);
}

export function Unlock({ a }: { a: CustomerAccount }) {
  if (!a.shut || !works.value) return null;
  if (a.proposed === me.value?.name) return <p class="faint">{t("unlock_waits")}</p>;
  if (writing.value !== `${open.value} ${a.name}`) {
    return (
      <button
        type="button"
        class="plain small"
        onClick={() => {
          trouble.value = "";
          id = uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
          writing.value = `${open.value} ${a.name}`;
        }}
      >
        {t(a.proposed ? "unlock_agree" : "unlock")}
      </button>
    );
  }
  return (
    <form class="unlock" onSubmit={(e) => void give(e, a.name, a.proposed ?? "")}>
      {a.proposed && <p>{t("unlock_said", { who: a.proposed, reason: a.reason ?? "" })}</p>}
      <p class="faint">{t(a.proposed ? "unlock_second" : "unlock_first")}</p>
      {trouble.value !== "" && (
        <p class="banner bad" role="alert">
          {trouble.value}
        </p>
      )}
      <label class="field">
        {t("unlock_reason")}
        <textarea name="reason" rows={2} maxLength={500} required autofocus />
      </label>
      <div class="buttons end">
        <button type="button" class="plain small" onClick={() => (writing.value = "")}>
          {t("cancel")}
        </button>
        <button type="submit" class="small">
          {t(a.proposed ? "unlock_agree" : "unlock_propose")}
        </button>
      </div>
    </form>
  );
}

// proposed is who would unlock an account, for those who only read.
export const proposed = (a: CustomerAccount) => (a.proposed ? ` · ${t("would_unlock", { who: a.proposed })}` : "");
