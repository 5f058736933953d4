// One's second factor: begun with the password, confirmed with a code, ended with both.
import { signal } from "@preact/signals";
import { factor, me } from "./desk";
import { rich, t } from "./t";
import { Trouble } from "./trouble";
import type { Refusal, SecondFactor } from "./console-wire";

const begun = signal<SecondFactor | null>(null);
const trouble = signal<Refusal | null>(null);

async function submit(e: SubmitEvent) {
  e.preventDefault();
  const form = new FormData(e.currentTarget as HTMLFormElement);
  const of = (name: string) => String(form.get(name) ?? "");
  const step = me.value?.totp ? "DELETE" : begun.value === null ? "POST" : "PUT";
  const { data, refused } = await factor<SecondFactor>(step, { password: of("password"), code: of("code") });
  trouble.value = refused;
  if (refused === null) begun.value = step === "POST" ? data : null;
}

export function Factor() {
  const on = me.value?.totp ?? false;
  const b = begun.value;
  return (
    <form onSubmit={(e) => void submit(e)}>
      <Trouble of={trouble.value} />
      {on && <p>{t("factor_on")}</p>}
      {!on && b === null && <p>{t("factor_off")}</p>}
      {b !== null && (
        <>
          <p>
            {rich("put_in_app", { link: <a href={b.uri}>{t("open_there")}</a> })}
          </p>
          <p>
            <code class="secret">{b.secret.replace(/(.{4})/g, "$1 ")}</code>
          </p>
        </>
      )}
      {b === null && (
        <label class="field">
          {t("your_password")}
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
      )}
      {(on || b !== null) && (
        <label class="field">
          {t("the_code")}
          <input name="code" inputMode="numeric" autocomplete="one-time-code" required />
        </label>
      )}
      <div class="buttons end">
        <button type="submit">{t(on ? "turn_off" : b === null ? "begin" : "turn_on")}</button>
      </div>
    </form>
  );
}

// forget leaves no secret on a screen that was left.
export const forget = () => {
  begun.value = null;
  trouble.value = null;
};
