// What single keys do. None fires where somebody types, while a dialog stands, or when
// they are switched off; none takes a key that browsers own.
import { act, mode } from "./composer";
import { asked, begin, keysOn, lines } from "./dialogs";
import type { Able } from "./dialogs";
import { away, leads, loadReplies, mayTake, me, mine, open, seek, setAway, show, thread, works } from "./desk";
import { closeIt } from "./head";
import { step, view } from "./list";
import type { View } from "./list";
import { oversees, picture, place } from "./places";

function write(what: "reply" | "note") {
  mode.value = what;
  setTimeout(() => document.getElementById("answer")?.focus());
}

const held = () => thread.value !== null && works.value && (mine.value || (leads.value && thread.value.owner !== "bot"));
const free = () => thread.value?.owner === "queue" && works.value;
const opened = () => thread.value !== null && works.value;

const to = (v: View) => () => {
  place.value = "desk";
  seek("");
  view.value = v;
};

// able are all things that a key, or a line of the palette, does, and when it can.
export const able: Able[] = [
  { key: "j", name: "Next conversation", does: () => step(1) },
  { key: "k", name: "Previous conversation", does: () => step(-1) },
  { key: "/", name: "Search", does: () => document.getElementById("seek")?.focus() },
  { key: "r", name: "Write a reply", can: opened, does: () => write("reply") },
  { key: "n", name: "Write a note", can: opened, does: () => write("note") },
  { key: "c", name: "Take the conversation", can: () => mayTake.value, does: () => void act("take") },
  { key: "t", name: "Give it to a colleague", can: held, does: () => begin("transfer") },
  { key: "", name: "Release it to the queue", can: () => held() && thread.value?.owner === "agent", does: () => void act("release") },
  { key: "z", name: "Snooze", can: held, does: () => begin("snooze") },
  { key: "b", name: "Hand back to the bot", can: () => held() || free(), does: () => begin("return") },
  { key: "e", name: "Close", can: () => held() || free(), does: () => void closeIt() },
  { key: "l", name: "Labels", can: opened, does: () => begin("labels") },
  { key: "f", name: "The bot’s flow", can: () => thread.value !== null, does: () => (picture.value = !picture.value) },
  { key: "", name: "Saved replies", can: () => leads.value && opened(), does: () => void loadReplies().then(() => begin("replies")) },
  { key: "g m", name: "Show mine", does: to("mine") },
  { key: "g u", name: "Show what waits", does: to("waiting") },
  { key: "g a", name: "Show all", does: to("all") },
  { key: "g z", name: "Show what is put aside", does: to("snoozed") },
  { key: "", name: "Say that you are away", can: () => works.value && !away.value, does: () => void setAway(true) },
  { key: "", name: "Say that you are back", can: () => works.value && away.value, does: () => void setAway(false) },
  { key: "g n", name: "Show numbers", can: () => oversees.value, does: () => (place.value = "numbers") },
  { key: "g f", name: "Show flows", can: () => oversees.value, does: () => (place.value = "flows") },
  { key: "", name: "Second factor of your sign-in", does: () => begin("factor") },
  { key: "?", name: "Keys", does: () => begin("help") },
];

const arrows: Record<string, string> = { ArrowDown: "j", ArrowUp: "k" };

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
  if (e.key === "k" && (e.ctrlKey || e.metaKey) && !e.altKey && me.value) {
    e.preventDefault();
    if (asked.value === "") begin("palette");
    return;
  }
  if (!keysOn.value || asked.value !== "" || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || at.matches("textarea, input, select, [contenteditable]")) return;
  if ((e.key === "ArrowDown" || e.key === "ArrowUp") && at.matches(".thread, .aside, button")) return; // they scroll
  const key = `${going > Date.now() ? "g " : ""}${arrows[e.key] ?? e.key}`;
  going = key === "g" ? Date.now() + 1500 : 0;
  const found = able.find((a) => a.key !== "" && a.key === key);
  if (found === undefined || found.can?.() === false) return;
  e.preventDefault();
  found.does();
}

export function listen() {
  lines.value = able;
  document.addEventListener("keydown", press);
}
