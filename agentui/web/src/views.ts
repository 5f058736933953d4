// Which part of the list is shown: one of four, or what somebody keeps under a name.
import { computed, effect, signal } from "@preact/signals";
import { ask, me, read } from "./desk";
import type { Desk, ListView, ListViews, Refusal } from "./console-wire";

export type View = "mine" | "waiting" | "all" | "snoozed";
export const view = signal<View>("all");
export const views = signal<ListView[]>([]); // one's own, in the order in which they were first kept
export const chosen = signal(""); // the name of the one that is shown; "": none
const filter = computed(() => views.value.find((v) => v.name === chosen.value));

// look shows one of the four.
export function look(v: View) {
  chosen.value = "";
  view.value = v;
}

// choose shows what is kept under a name; "": all of the part that is shown.
export function choose(name: string) {
  chosen.value = name;
  if (filter.value !== undefined) view.value = filter.value.which as View;
}

// queueOf and priorityOf are how a row is sorted: what names no queue is in the general one,
// what is neither urgent nor low is normal.
export const queueOf = (d: Desk) => d.queue || "default";
export const priorityOf = (d: Desk) => (d.priority === "alert" || d.priority === "bulk" ? d.priority : "notice");

// fits says whether a row belongs to the view that is shown.
export function fits(d: Desk): boolean {
  const f = filter.value;
  if (f === undefined) return true;
  return (
    (!f.queue || f.queue === queueOf(d)) && (!f.priority || f.priority === priorityOf(d)) && (!f.flow || f.flow === d.flow) && (!f.label || (d.labels ?? []).includes(f.label))
  );
}

async function load() {
  const all = await read<ListViews>("views");
  if (all !== null) views.value = all.views;
}

async function change(method: string, path: string, body?: ListView): Promise<Refusal | null> {
  try {
    const { status, data } = await ask<Refusal>(method, path, body);
    await load();
    return status === 204 ? null : data;
  } catch {
    return { code: "offline", detail: "" };
  }
}

export const saveView = (v: ListView) => change("PUT", "views", v);
export const dropView = (name: string) => change("DELETE", `views?name=${encodeURIComponent(name)}`);

// Whoever signs in finds their own, at any browser.
const who = computed(() => me.value?.name);
effect(() => {
  views.value = [];
  chosen.value = "";
  if (who.value !== undefined) void load();
});
