// What the console knows, and how it comes to know it: the list and the open thread are read
// over HTTP; the socket only says that something changed, by number.
import { computed, effect, signal } from "@preact/signals";
import * as drafts from "./drafts";
import { pause } from "./again";
import { Once } from "./once";
import { again, forget, glance, list, loaded, mentions, reread, took } from "./desks";
import { connect, hangUp, online, say, trouble } from "./line";
import { empty } from "./outbox";
import { t } from "./t";
import type { Away, Colleague, Command, Customer, Found, Item, Look, Me, Refusal, Replies, SavedReply, Search, Thread } from "./console-wire";

export { list, loaded, mentions, online, reread };

export const me = signal<Me | null | undefined>(undefined); // undefined: not asked yet
export const open = signal<string>("");
export const thread = signal<Thread | null>(null);
export const missing = signal(false); // there is no conversation as open says
export const customer = signal<Customer | null>(null);
export const colleagues = signal<Colleague[]>([]);
export const lookers = signal<Map<string, Looker>>(new Map()); // by conversation and agent
export const now = signal(Date.now());
export const written = signal<Set<string>>(new Set()); // conversations with a draft

export interface Looker {
  conversation: string;
  agent: string;
  typing: boolean;
  until: number;
}

export const mine = computed(() => {
  const t = thread.value;
  return t !== null && t.owner === "agent" && t.agent === me.value?.name;
});

// works says whether one does anything here but read; leads, whether one may do so with
// everybody's conversations.
export const works = computed(() => me.value != null && me.value.role !== "auditor");
export const leads = computed(() => me.value?.role === "lead" || me.value?.role === "admin");

// mayTake says whether one may make the open conversation one's own.
export const mayTake = computed(() => works.value && !mine.value && (thread.value?.owner !== "agent" || leads.value));

export interface Heard<T> {
  status: number;
  data: T;
  retryAfter: number; // ms that the server wants to be left alone for
}

// ask makes a request; one that has no answer after a while fails as one without network.
export async function ask<T>(method: string, path: string, body?: unknown): Promise<Heard<T>> {
  const init: RequestInit = { method, headers: { "content-type": "application/json" }, signal: AbortSignal.timeout(15_000) };
  if (body !== undefined) init.body = JSON.stringify(body);
  const res = await fetch(`/console/api/${path}`, init);
  const text = await res.text();
  const retryAfter = Math.min(60_000, 1000 * Number(res.headers.get("retry-after") ?? 0) || 0);
  return { status: res.status, data: (text === "" ? null : JSON.parse(text)) as T, retryAfter };
}

// asked is what there is to show; null: there was no answer.
async function asked<T>(path: string): Promise<Heard<T> | null> {
  try {
    const heard = await ask<T>("GET", path);
    if (heard.status === 401) me.value = null;
    return heard;
  } catch {
    return null;
  }
}

// read asks for something to show; null: there is nothing, and what stands on the screen
// stands.
export async function read<T>(path: string): Promise<T | null> {
  const heard = await asked<T>(path);
  return heard?.status === 200 ? heard.data : null;
}

let whose = ""; // who has sat here since the page was loaded

// The name of who is signed in, for the other windows of this browser: they share its cookie.
const signedIn = "parley/signed-in";

// whoAmI asks until somebody answers: no network is no reason to sign in again. Whoever comes
// back finds the page as they left it; for somebody else it is loaded anew, so that no dialog,
// text or list of another's is on it.
export async function whoAmI(failed = 0): Promise<void> {
  try {
    const { status, data } = await ask<Me>("GET", "me");
    if (status === 200 || status === 401) {
      if (status === 200) localStorage.setItem(signedIn, data.name);
      else localStorage.removeItem(signedIn);
      if (status === 200 && whose !== "" && whose !== data.name) return location.replace(location.pathname);
      if (status === 200) whose = data.name;
      me.value = status === 200 ? data : null;
      trouble.value = "";
      return me.value ? start() : undefined;
    }
  } catch {
    trouble.value = "offline";
  }
  setTimeout(() => void whoAmI(failed + 1), pause(failed, Math.random()));
}

window.addEventListener("storage", (e) => e.key === signedIn && e.newValue !== (me.value?.name ?? null) && void whoAmI());

export async function signIn(name: string, password: string, fresh: string, code: string): Promise<Refusal | null> {
  try {
    const { status, data } = await ask<Refusal>("POST", "session", { name, password, new_password: fresh, code });
    if (status !== 204) return data;
  } catch {
    return noAnswer;
  }
  await whoAmI();
  return null;
}

// factor begins, confirms or ends one's second factor.
export async function factor<T>(method: "POST" | "PUT" | "DELETE", body: { password?: string; code?: string }): Promise<{ data: T; refused: Refusal | null }> {
  try {
    const { status, data } = await ask<T & Refusal>(method, "totp", body);
    if (status < 300 && method !== "POST" && me.value) me.value = { ...me.value, totp: method === "PUT" };
    return { data, refused: status < 300 ? null : data };
  } catch {
    return { data: null as T, refused: noAnswer };
  }
}

// signOut leaves nothing behind; false: the server did not hear it, and one is still
// signed in.
export async function signOut(): Promise<boolean> {
  try {
    await ask("DELETE", "session");
  } catch {
    return false;
  }
  drafts.forget(localStorage);
  localStorage.removeItem("parley/told");
  localStorage.removeItem(signedIn);
  await empty();
  stop();
  me.value = null;
  return true;
}

export async function show(id: string) {
  if (open.value !== id) {
    thread.value = null;
    customer.value = null;
    missing.value = false;
  }
  open.value = id;
  if (id === "") return;
  look(false);
  await Promise.all([loadThread(id), heed(id)]);
}

// heed says that one has come where one was called.
async function heed(id: string) {
  if (!mentions.value.some((m) => m.conversation === id)) return;
  try {
    await ask("DELETE", `mentions/${encodeURIComponent(id)}`);
    mentions.value = mentions.value.filter((m) => m.conversation !== id);
  } catch {
    return; // one is called still
  }
}

let unread = ""; // what was asked for, while it has not been answered

export async function loadThread(id: string, alone = false) {
  const path = `conversations/${encodeURIComponent(id)}`;
  const [heard, k] = await Promise.all([asked<Thread>(path), alone ? null : read<Customer>(`${path}/customer`)]);
  if (open.value !== id) return;
  const t = heard?.status === 200 ? heard.data : null;
  missing.value = heard?.status === 404;
  if (missing.value || (t !== null && k !== null)) unread = "";
  else if (t === null || !alone) unread = id;
  if (t !== null && (thread.value === null || t.rev >= thread.value.rev)) thread.value = older.length > 0 && older[0] === id ? { ...t, items: merged(t) } : t;
  if (k !== null) customer.value = k;
}

// onTheirWay says whether a text of the last quarter of an hour may still come further:
// receipts are no events of the conversation, so that nobody is told of them.
const travelling = 15 * 60_000;
const onTheirWay = () => (thread.value?.items ?? []).some((i) => (i.status === "queued" || i.status === "sending" || i.status === "sent") && Date.now() - i.at < travelling);

// older are pages that were read back, of the conversation that it begins with.
let older: [string, Thread["items"]] | [] = [];

function merged(t: Thread): Thread["items"] {
  const first = t.items[0]?.position ?? 0;
  return [...(older[1] ?? []).filter((i) => i.position < first), ...t.items];
}

// earlier reads the page before the first item.
export async function earlier() {
  const t = thread.value;
  const first = t?.items[0]?.position;
  if (t === null || first === undefined) return;
  const page = await read<Thread>(`conversations/${encodeURIComponent(t.id)}?before=${first}`);
  if (page === null || open.value !== t.id) return;
  const { before: _, ...rest } = t;
  older = [t.id, [...page.items, ...(older[0] === t.id ? older[1]! : [])]];
  thread.value = { ...rest, items: [...page.items, ...t.items], ...(page.before ? { before: page.before } : {}) };
}

// relabel shows what somebody says that a text meant, on a page that was read back too.
export function relabel(position: number, intent: string | null) {
  const says = ({ meant: _, ...i }: Item): Item => (intent === null ? i : { ...i, meant: { intent, by: me.value?.name ?? "" } });
  const anew = (all: Item[]) => all.map((i) => (i.position === position ? says(i) : i));
  if (older.length > 0) older = [older[0]!, anew(older[1]!)];
  if (thread.value !== null) thread.value = { ...thread.value, items: anew(thread.value.items) };
  void loadThread(open.value, true);
}

export async function loadColleagues() {
  const all = await read<{ colleagues: Colleague[] }>("colleagues");
  if (all !== null) colleagues.value = all.colleagues;
}

// away says whether one has said that one is.
export const away = computed(() => colleagues.value.some((c) => c.name === me.value?.name && c.away));

// setAway says so; without an answer all is as it was, on the screen too.
export async function setAway(now: boolean) {
  try {
    const { status } = await ask("POST", "presence", { away: now });
    if (status === 204 && me.value) whereabout({ agent: me.value.name, away: now });
  } catch {
    return;
  }
}

function whereabout(a: Away) {
  colleagues.value = colleagues.value.map((c) => (c.name === a.agent ? { ...c, away: a.away } : c));
}

export const replies = signal<SavedReply[]>([]);

// loadReplies reads them as they would stand for the open conversation's customer.
export async function loadReplies() {
  const all = await read<Replies>(`replies?conversation=${encodeURIComponent(open.value)}`);
  if (all !== null) replies.value = all.replies;
}

async function changeReply(method: string, name: string, body?: unknown): Promise<Refusal | null> {
  try {
    const { status, data } = await ask<Refusal>(method, `replies/${encodeURIComponent(name)}`, body);
    await loadReplies();
    return status === 204 ? null : data;
  } catch {
    return noAnswer;
  }
}

export const saveReply = (name: string, text: string) => changeReply("PUT", name, { text });
export const dropReply = (name: string) => changeReply("DELETE", name);

export const sought = signal("");
export const found = signal<Found[] | null>(null); // null: nothing is sought

let seeking = 0;

// seek finds conversations a moment after the last letter was typed.
export function seek(query: string) {
  sought.value = query;
  clearTimeout(seeking);
  if (query.trim() === "") {
    found.value = null;
    return;
  }
  seeking = window.setTimeout(async () => {
    const all = await read<Search>(`search?q=${encodeURIComponent(query.trim())}`);
    if (all !== null && sought.value === query) found.value = all.found;
  }, 180);
}

const noAnswer: Refusal = { code: "offline", detail: t("error.offline") };

// Doing is a command without what every command has.
export type Doing = Partial<Omit<Command, "id" | "conversation" | "op">>;

const once = new Once();

// command does something to the open conversation, as it was seen.
export async function command(op: Command["op"], d: Doing = {}): Promise<Refusal | null> {
  const t = thread.value;
  if (t === null) return null;
  const what = JSON.stringify([t.id, op, { ...d, if_rev: 0, anyway: false }]);
  const cmd: Command = { id: once.id(what), op, conversation: t.id, if_rev: t.rev, owner_epoch: t.owner_epoch, ...d };
  try {
    const { status, data } = await ask<Refusal>("POST", "cmd", cmd);
    once.answered(what, status);
    void reread([t.id]); // nobody has to wait for it
    await loadThread(t.id);
    return status === 200 ? null : data;
  } catch {
    return noAnswer;
  }
}

let running = false;

async function start() {
  running = true;
  written.value = drafts.drafted(localStorage, me.value!.name);
  await Promise.all([glance(), loadOpen(), loadColleagues()]); // the rest, when the line is there
  connect({
    changed: later,
    everything: (all) => void Promise.all([again(all), loadOpen()]),
    looked,
    whereabout,
    out: () => void whoAmI(),
    role: async () => {
      const now = await read<Me>("me");
      if (now !== null) me.value = now;
    },
    reached: async () => (await read<Me>("me")) !== null,
  });
}

function stop() {
  running = false;
  hangUp();
  forget();
  seek("");
  open.value = "";
  thread.value = null;
  customer.value = null;
}

const loadOpen = () => (open.value === "" ? null : loadThread(open.value));

// What no event tells, a customer's name, is not older than five minutes.
window.setInterval(() => running && void reread([], true), 300_000);

// Whoever is signed out by the server sees no line either, and asks for nothing; what they
// wrote is kept.
effect(() => {
  if (me.value !== null) return;
  running = false;
  hangUp();
});

// look tells colleagues what is on this screen.
export function look(typing: boolean) {
  if (open.value !== "") say("look", { conv: open.value, typing });
}

function looked(e: Look) {
  if (e.agent === me.value?.name) return; // in another window
  const l = { conversation: e.conv, agent: e.agent, typing: e.typing, until: Date.now() + e.ttl_ms };
  const key = `${l.conversation} ${l.agent}`;
  const before = lookers.value.get(key);
  // A pulse that says nothing of typing comes right after one that does.
  if (before?.typing && !l.typing && before.until - Date.now() > e.ttl_ms - 3000) return;
  lookers.value = new Map(lookers.value).set(key, l);
}

// later reads what changed a moment after it did: a burst of events is one reading. Where
// that takes its time, the next one waits for three times as long: a page and a server that
// have much to do get to other things as well.
let waiting = 0;
const changed = new Set<string>();
function later(conv: string) {
  changed.add(conv);
  if (waiting !== 0) return;
  waiting = window.setTimeout(() => {
    waiting = 0;
    void reread([...changed]);
    if (changed.has(open.value)) void loadThread(open.value);
    changed.clear();
  }, Math.max(60, Math.min(2000, 3 * took.value)));
}

window.setInterval(() => {
  if (document.visibilityState === "visible") look(false);
  if (running && (trouble.value === "blocked" || trouble.value === "windows")) void Promise.all([reread([], true), loadOpen()]); // nobody tells us
}, 4000);
window.setInterval(() => {
  now.value = Date.now();
  if (running && open.value !== "" && online.value && unread === open.value) void loadThread(open.value);
  else if (running && open.value !== "" && document.visibilityState === "visible" && onTheirWay()) void loadThread(open.value, true);
  lookers.value = new Map([...lookers.value].filter(([, l]) => l.until > now.value));
}, 2000);
