// One's second factor: begun with the password, confirmed with a code, ended with both.
import { signal } from "@preact/signals";
import { factor, me } from "./desk";
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
      {trouble.value !== null && (
        <p class="banner bad" role="alert">
          {trouble.value.detail}
        </p>
      )}
      {on && <p>You sign in with a code of your app besides your password.</p>}
      {!on && b === null && <p>With a code of an authenticator app, your password alone opens nothing.</p>}
      {b !== null && (
        <>
          <p>
            Put this into your app, or <a href={b.uri}>open it there</a>. It is not shown again.
          </p>
          <p>
            <code class="secret">{b.secret.replace(/(.{4})/g, "$1 ")}</code>
          </p>
        </>
      )}
      {b === null && (
        <label class="field">
          Your password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
      )}
      {(on || b !== null) && (
        <label class="field">
          The code that the app shows
          <input name="code" inputMode="numeric" autocomplete="one-time-code" required />
        </label>
      )}
      <div class="buttons end">
        <button type="submit">{on ? "Turn it off" : b === null ? "Begin" : "Turn it on"}</button>
      </div>
    </form>
  );
}

// forget leaves no secret on a screen that was left.
export const forget = () => {
  begun.value = null;
  trouble.value = null;
};
