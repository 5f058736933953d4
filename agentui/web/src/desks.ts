// The list as the server has it: read once, a page at a time, and from then on only what
// has changed. Readings follow one another, so that what was answered last is how it stands.
import { batch, signal } from "@preact/signals";
import { pause } from "./again";
import { me, read } from "./desk";
import { before } from "./order";
import type { Desk, Desks, Mentioned } from "./console-wire";

export const list = signal<Desk[]>([]);
export const mentions = signal<Mentioned[]>([]);
export const loaded = signal(false); // all of the list has been read

export const took = { value: 0 }; // ms, to read and to show what had changed

const most = 100; // that are asked for by their ids at once

let rows = new Map<string, Desk>();
let fresh: Map<string, Desk> | null = null; // what a reading of all has found so far
let whole = true; // all of it has to be read
let stale = new Set<string>(); // what has changed since it was read
let asked: string[] = []; // what is being read
let turn = 0; // the readings that count
let reading: Promise<void> | null = null;
let failed = 0; // readings, one after the other
let retry: ReturnType<typeof setTimeout> | undefined;

// reread reads these, and what else has changed: all of the list, where nobody knows what
// did. What cannot be read now is read a while later.
export function reread(ids: string[], all = false): Promise<void> {
  for (const id of ids) stale.add(id);
  whole ||= all;
  return (reading ??= readings(++turn));
}

// again is reread when the line is there anew: it leaves behind what may never be answered.
export function again(all: boolean): Promise<void> {
  reading = null;
  const left = asked;
  asked = [];
  return reread(left, all);
}

// glance shows the first page.
export async function glance() {
  const page = await read<Desks>("desk");
  if (page !== null) put(page, []);
}

// forget leaves nothing of the list.
export function forget() {
  turn++;
  clearTimeout(retry);
  failed = 0;
  reading = fresh = null;
  whole = true;
  rows = new Map();
  stale = new Set();
  batch(() => {
    list.value = [];
    mentions.value = [];
    loaded.value = false;
  });
}

async function readings(mine: number) {
  let answered = await Promise.resolve(true); // until whoever began it has noted that it runs
  while (answered && (whole || stale.size > 0)) answered = whole ? await readAll(mine) : await readSome(mine);
  if (mine !== turn) return;
  reading = null;
  clearTimeout(retry);
  if (answered) failed = 0;
  else if (me.value) retry = setTimeout(() => void reread([]), 1000 + pause(failed++, Math.random()));
}

// readAll shows each page as it comes; what none of them had is gone after the last.
async function readAll(mine: number): Promise<boolean> {
  fresh = new Map();
  for (let next: string | undefined = ""; next !== undefined; ) {
    const page: Desks | null = await read<Desks>(`desk?after=${encodeURIComponent(next)}`);
    if (mine !== turn || page === null) return false;
    next = page.next;
    put(page, []);
    if (stale.size > 0 && !(await readSome(mine))) return false;
  }
  rows = fresh;
  fresh = null;
  whole = false;
  batch(() => {
    stand();
    loaded.value = true;
  });
  return true;
}

async function readSome(mine: number): Promise<boolean> {
  const begun = Date.now();
  asked = [...stale].slice(0, most);
  for (const id of asked) stale.delete(id);
  const some = await read<Desks>(`desk?of=${asked.map(encodeURIComponent).join(",")}`);
  if (mine !== turn) return false; // again has taken what was asked for
  const these = asked;
  asked = [];
  if (some === null) for (const id of these) stale.add(id);
  else put(some, these);
  took.value = Date.now() - begun;
  return some !== null;
}

// put shows what was read; what was asked for and is not there is nobody's any more.
function put(page: Desks, these: string[]) {
  for (const all of fresh === null ? [rows] : [rows, fresh]) {
    for (const id of these) all.delete(id);
    for (const d of page.conversations) all.set(d.conversation, d);
  }
  batch(() => {
    mentions.value = page.mentions;
    stand();
  });
}

const stand = () => (list.value = [...rows.values()].sort(before));
