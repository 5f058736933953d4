// Signing in. A first password is good for setting one's own.
import { signal } from "@preact/signals";
import { signIn } from "./desk";
import { said, t } from "./t";

const trouble = signal("");
const fresh = signal(false);
const coded = signal(false);
const busy = signal(false);

async function submit(e: SubmitEvent) {
  e.preventDefault();
  const form = new FormData(e.currentTarget as HTMLFormElement);
  const of = (name: string) => String(form.get(name) ?? "");
  busy.value = true;
  const refusal = await signIn(of("name"), of("password"), of("new_password"), of("code"));
  busy.value = false;
  trouble.value = refusal === null ? "" : said(refusal);
  if (refusal?.code === "set_password") fresh.value = true;
  if (refusal?.code === "code") coded.value = true;
  if (refusal === null) fresh.value = coded.value = false;
}

export function SignIn() {
  return (
    <main class="sign-in">
      <form onSubmit={(e) => void submit(e)}>
        <h1>Parley</h1>
        <label>
          {t("name")}
          <input name="name" autocomplete="username" required autofocus />
        </label>
        <label>
          {t("password")}
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        {fresh.value && (
          <label>
            {t("own_password")}
            <input name="new_password" type="password" autocomplete="new-password" minLength={15} required />
          </label>
        )}
        {coded.value && (
          <label>
            {t("app_code")}
            <input name="code" inputMode="numeric" autocomplete="one-time-code" required autofocus />
          </label>
        )}
        {trouble.value !== "" && <p class="trouble" role="alert">{trouble.value}</p>}
        <button type="submit" disabled={busy.value}>{t("sign_in")}</button>
      </form>
    </main>
  );
}
