// Where one is signed in, and one's password.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask, me, read } from "./desk";
import { t } from "./t";
import { Trouble } from "./trouble";
import { moment } from "./words";
import type { Refusal, Sessions as All, Session } from "./console-wire";

const all = signal<Session[] | null>(null);
const trouble = signal<Refusal | null>(null);
const changed = signal(false);

async function load() {
  const s = await read<All>("sessions");
  if (s !== null) all.value = s.sessions;
}

async function end(s: Session) {
  try {
    const { status, data } = await ask<Refusal>("DELETE", `sessions/${encodeURIComponent(s.id)}`);
    trouble.value = status < 300 || status === 404 ? null : data;
  } catch {
    trouble.value = { code: "unavailable", detail: "" };
  }
  await load();
}

async function change(e: SubmitEvent) {
  e.preventDefault();
  const form = e.currentTarget as HTMLFormElement;
  const of = (name: string) => String(new FormData(form).get(name) ?? "");
  try {
    const { status, data } = await ask<Refusal>("PUT", "password", { name: me.value?.name, password: of("password"), new_password: of("new_password") });
    trouble.value = status < 300 ? null : data;
    changed.value = status < 300;
    if (changed.value) form.reset();
  } catch {
    trouble.value = { code: "unavailable", detail: "" };
  }
  await load();
}

// known is what people call a browser, and what it runs on: the first name that stands in
// what it calls itself.
function known(browser: string): string | undefined {
  const first = (names: [RegExp, string][]) => names.find(([sign]) => sign.test(browser))?.[1];
  const name = first([[/Edg\//, "Edge"], [/OPR\//, "Opera"], [/Firefox\//, "Firefox"], [/Chrome\//, "Chrome"], [/Safari\//, "Safari"]]);
  const on = first([[/Windows/, "Windows"], [/Android/, "Android"], [/iPhone/, "iPhone"], [/iPad/, "iPad"], [/Mac OS X/, "macOS"], [/Linux/, "Linux"]]);
  return [name, on].filter((x) => x !== undefined).join(", ") || browser || undefined;
}

export function Sessions() {
  useEffect(() => void load(), []);
  return (
    <section class="sessions">
      <h3>{t("signed_in_at")}</h3>
      <Trouble of={trouble.value} />
      <ul>
        {(all.value ?? []).map((s) => (
          <li key={s.id}>
            <span>
              <b title={s.browser}>{known(s.browser) ?? t("unknown_browser")}</b>
              <small class="faint">
                {t("since_at", { when: moment(s.began_at), where: s.network })}
                {s.this ? "" : ` · ${t("last_seen", { when: moment(s.seen_at) })}`}
              </small>
            </span>
            {s.this ? (
              <small>{t("this_one")}</small>
            ) : (
              <button type="button" class="plain small" onClick={() => void end(s)}>
                {t("sign_out_there")}
              </button>
            )}
          </li>
        ))}
      </ul>
      <details>
        <summary>{t("change_password")}</summary>
        {changed.value && <p role="status">{t("password_changed")}</p>}
        <form onSubmit={(e) => void change(e)}>
          <label class="field">
            {t("password_now")}
            <input name="password" type="password" autocomplete="current-password" required />
          </label>
          <label class="field">
            {t("own_password")}
            <input name="new_password" type="password" autocomplete="new-password" minLength={15} required />
          </label>
          <div class="buttons end">
            <button type="submit">{t("change_password")}</button>
          </div>
        </form>
      </details>
    </section>
  );
}
