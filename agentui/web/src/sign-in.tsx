// Signing in: by the business's own provider, by a password, or by either, as the server
// says. A first password is good for setting one's own.
import { effect, signal } from "@preact/signals";
import { keepAddress } from "./address";
import { pause } from "./again";
import { me, read, signIn } from "./desk";
import { known, said, t } from "./t";
import type { Ways } from "./console-wire";

const trouble = signal(refusal());
const fresh = signal(false);
const coded = signal(false);
const busy = signal(false);
const ways = signal<Ways | null>(null);

// refusal is why the provider's answer signed nobody in, of the address that one was sent
// back to. It is taken out of there: a reload has nothing to do with it any more.
function refusal(): string {
  const at = new URL(location.href);
  const code = at.searchParams.get("refused");
  if (code === null) return "";
  at.searchParams.delete("refused");
  history.replaceState(history.state, "", at);
  return /^oidc_[a-z]+$/.test(code) ? (known(`error.${code}`) ?? "") : "";
}

// find asks until somebody answers; passwords are tried meanwhile, and the server says
// when they open nothing.
async function find(failed = 0) {
  const some = await read<Ways>("ways");
  ways.value = some ?? { password: true, oidc: "" };
  if (some === null) setTimeout(() => void find(failed + 1), pause(failed, Math.random()));
}

effect(() => {
  if (me.value === null && ways.peek() === null) void find();
  if (me.value) trouble.value = ""; // they have come in otherwise
});

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

function Passwords({ first }: { first: boolean }) {
  return (
    <>
      <label>
        {t("name")}
        <input name="name" autocomplete="username" required autofocus={first} />
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
      <button type="submit" class={first ? "" : "plain"} disabled={busy.value}>{t("sign_in")}</button>
    </>
  );
}

export function SignIn() {
  const w = ways.value;
  return (
    <main class="sign-in">
      <form onSubmit={(e) => void submit(e)}>
        <h1>Parley</h1>
        {trouble.value !== "" && <p class="trouble" role="alert">{trouble.value}</p>}
        {w !== null && w.oidc !== "" && (
          <a class="button" href="/console/api/oidc/start" dir="auto" onClick={keepAddress}>
            {w.oidc}
          </a>
        )}
        {w !== null && w.oidc !== "" && w.password && <p class="or">{t("sign_in_or")}</p>}
        {w?.password && <Passwords first={w.oidc === ""} />}
      </form>
    </main>
  );
}
