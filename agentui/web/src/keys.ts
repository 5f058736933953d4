// What single keys do. None fires where somebody types, while a dialog stands, or when
// they are switched off; none takes a key that browsers own.
import { act, mode } from "./composer";
import { asked, begin, keysOn } from "./dialogs";
import { leads, mayTake, mine, open, show, thread, works } from "./desk";
import { closeIt } from "./head";
import { step, view } from "./list";

function write(what: "reply" | "note") {
  mode.value = what;
  setTimeout(() => document.getElementById("answer")?.focus());
}

const held = () => mine.value || (leads.value && thread.value?.owner !== "bot");
const free = () => thread.value?.owner === "queue";

const keys: Record<string, () => void> = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  "/": () => document.getElementById("seek")?.focus(),
  "?": () => begin("help"),
};

// toThread are the keys that do something to what is open.
const toThread: Record<string, () => void> = {
  r: () => write("reply"),
  n: () => write("note"),
  c: () => mayTake.value && void act("take"),
  t: () => held() && begin("transfer"),
  z: () => held() && begin("snooze"),
  b: () => (held() || free()) && begin("return"),
  e: () => (held() || free()) && void closeIt(),
  l: () => begin("labels"),
};

const goTo: Record<string, () => void> = {
  m: () => (view.value = "mine"),
  u: () => (view.value = "waiting"),
  a: () => (view.value = "all"),
  z: () => (view.value = "snoozed"),
};

let going = 0; // until when the key after a g is a place

function press(e: KeyboardEvent) {
  const at = e.target as HTMLElement;
  if (e.key === "Escape" && asked.value === "") {
    if (at.matches("textarea, input, select")) at.blur();
    else if (open.value !== "") {
      const row = document.getElementById(`row-${open.value}`);
      void show("");
      setTimeout(() => row?.focus());
    }
    return;
  }
  if (!keysOn.value || asked.value !== "" || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || at.matches("textarea, input, select, [contenteditable]")) return;
  if ((e.key === "ArrowDown" || e.key === "ArrowUp") && at.matches(".thread, .aside, button")) return; // they scroll
  const place = goTo[e.key];
  if (going > Date.now() && place !== undefined) {
    going = 0;
    e.preventDefault();
    place();
    return;
  }
  going = e.key === "g" ? Date.now() + 1500 : 0;
  const does = keys[e.key] ?? (thread.value !== null && works.value ? toThread[e.key] : undefined);
  if (does === undefined) return;
  e.preventDefault();
  does();
}

export function listen() {
  document.addEventListener("keydown", press);
}
