// What single keys do. None fires where somebody types, while a dialog stands, or when
// they are switched off; none takes a key that browsers own.
import { effect } from "@preact/signals";
import { act, mode } from "./composer";
import { toList } from "./focus";
import { asked, begin } from "./modal";
import { keysOn, lines } from "./palette";
import type { Able } from "./palette";
import { away, leads, loadReplies, mayTake, me, mine, open, seek, setAway, show, thread, works } from "./desk";
import { closeIt } from "./head";
import { start as keepViews } from "./keeping-views";
import { step } from "./list";
import { last, startLast } from "./meant";
import { t } from "./t";
import { oversees, picture, place } from "./places";
import { choose, look, views } from "./views";
import type { View } from "./views";

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
  look(v);
};

// able are all things that a key, or a line of the palette, does, and when it can.
export const able: Able[] = [
  { key: "j", name: t("do.next"), does: () => step(1) },
  { key: "k", name: t("do.previous"), does: () => step(-1) },
  { key: "/", name: t("do.search"), does: () => document.getElementById("seek")?.focus() },
  { key: "m", name: t("begin_new"), can: () => works.value, does: () => begin("begin") },
  { key: "r", name: t("do.reply"), can: opened, does: () => write("reply") },
  { key: "n", name: t("do.note"), can: opened, does: () => write("note") },
  { key: "c", name: t("do.take"), can: () => mayTake.value, does: () => void act("take") },
  { key: "t", name: t("do.give"), can: held, does: () => begin("transfer") },
  { key: "", name: t("do.release"), can: () => held() && thread.value?.owner === "agent", does: () => void act("release") },
  { key: "z", name: t("do.snooze"), can: held, does: () => begin("snooze") },
  { key: "b", name: t("do.return"), can: () => held() || free(), does: () => begin("return") },
  { key: "e", name: t("do.close"), can: () => held() || free(), does: () => void closeIt() },
  { key: "l", name: t("do.labels"), can: opened, does: () => begin("labels") },
  { key: "", name: t("do.meant"), can: () => works.value && last() !== undefined, does: startLast },
  { key: "f", name: t("bots_flow"), can: () => thread.value !== null, does: () => (picture.value = !picture.value) },
  { key: "", name: t("do.replies"), can: () => leads.value && opened(), does: () => void loadReplies().then(() => begin("replies")) },
  { key: "g m", name: t("do.mine"), does: to("mine") },
  { key: "g u", name: t("do.waiting"), does: to("waiting") },
  { key: "g a", name: t("do.all"), does: to("all") },
  { key: "g z", name: t("do.snoozed"), does: to("snoozed") },
  { key: "", name: t("do.views"), does: keepViews },
  { key: "g n", name: t("do.numbers"), can: () => oversees.value, does: () => (place.value = "numbers") },
  { key: "g f", name: t("do.flows"), can: () => oversees.value, does: () => (place.value = "flows") },
  { key: "", name: t("do.away"), can: () => works.value && !away.value, does: () => void setAway(true) },
  { key: "", name: t("do.back"), can: () => works.value && away.value, does: () => void setAway(false) },
  { key: "", name: t("do.factor"), does: () => begin("factor") },
  { key: "?", name: t("do.keys"), does: () => begin("help") },
];

// kept shows what one keeps of the list: the first nine by a digit.
const kept = (): Able[] =>
  views.value.map((v, i) => ({
    key: i < 9 ? `g ${i + 1}` : "",
    name: t("do.view", { name: v.name }),
    does: () => {
      place.value = "desk";
      seek("");
      choose(v.name);
    },
  }));

const arrows: Record<string, string> = { ArrowDown: "j", ArrowUp: "k" };

let going = 0; // until when the key after a g is a place

function press(e: KeyboardEvent) {
  const at = e.target as HTMLElement;
  if (e.key === "Escape" && asked.value === "") {
    if (at.closest("[popover]")) return; // the browser closes it
    if (at.matches("textarea, input, select")) {
      at.blur(); // where there are no texts
      document.querySelector<HTMLElement>(".thread")?.focus();
    } else if (open.value !== "") {
      toList();
      void show("");
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
  const found = lines.value.find((a) => a.key !== "" && a.key === key);
  if (found === undefined || found.can?.() === false) return;
  e.preventDefault();
  found.does();
}

export function listen() {
  effect(() => {
    lines.value = [...able, ...kept()];
  });
  document.addEventListener("keydown", press);
}
