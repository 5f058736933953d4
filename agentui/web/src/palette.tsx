// Everything that can be done, by its key and by its name.
import { signal } from "@preact/signals";
import { Modal, done } from "./modal";
import { t as say } from "./t";

// Able is one thing that can be done: by its key, or from the palette.
export interface Able {
  key: string; // "": it has none
  name: string;
  can?: () => boolean;
  does: () => void;
}

export const lines = signal<Able[]>([]);

// others are keys that only work where one writes.
const others: [string, string][] = [
  ["Ctrl K", say("everything")],
  ["Ctrl Enter", say("send")],
  [say("slash_key"), say("saved")],
  ["Esc", say("back")],
];

export const keysOn = signal(localStorage.getItem("parley/keys") !== "off");

export function Help() {
  return (
    <Modal title={say("keys")}>
      <dl class="keys">
        {[...lines.value.filter((a) => a.key !== "").map((a): [string, string] => [a.key, a.name]), ...others].map(([k, what]) => (
          <div key={k}>
            <dt>
              <kbd>{k}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={keysOn.value}
          onChange={(e) => {
            keysOn.value = e.currentTarget.checked;
            localStorage.setItem("parley/keys", keysOn.value ? "on" : "off");
          }}
        />
        {say("single_keys")}
      </label>
      <div class="buttons end">
        <button type="button" onClick={done}>{say("close")}</button>
      </div>
    </Modal>
  );
}

const typed = signal("");

// Palette is everything that can be done just now, by its name.
export function Palette() {
  const words = typed.value.toLowerCase().split(/\s+/);
  const some = lines.value.filter((a) => a.can?.() !== false && words.every((w) => a.name.toLowerCase().includes(w)));
  const run = (a: Able | undefined) => {
    if (a === undefined) return;
    typed.value = "";
    done();
    setTimeout(a.does); // after the dialog has given the focus back
  };
  const move = (e: KeyboardEvent) => {
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    e.preventDefault();
    const all = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("input, button")];
    all[all.indexOf(document.activeElement as HTMLElement) + (e.key === "ArrowDown" ? 1 : -1)]?.focus();
  };
  return (
    <Modal title={say("what_to_do")}>
      <form
        onKeyDown={move}
        onSubmit={(e) => {
          e.preventDefault();
          run(some[0]);
        }}
      >
        <label class="hidden" for="do">{say("find")}</label>
        <input id="do" autocomplete="off" placeholder={say("type_here")} value={typed.value} onInput={(e) => (typed.value = e.currentTarget.value)} autofocus />
        <div class="stack palette" role="group" aria-label={say("can_do")}>
          {some.map((a) => (
            <button key={a.name} type="button" class="plain wide" onClick={() => run(a)}>
              {a.name} {a.key !== "" && <kbd>{a.key}</kbd>}
            </button>
          ))}
          {some.length === 0 && <p class="faint">{say("none_to_do")}</p>}
        </div>
      </form>
    </Modal>
  );
}
