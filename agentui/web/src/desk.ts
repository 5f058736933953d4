// What the console knows, and how it comes to know it: the list and the open thread are
// read over HTTP; the socket only says that something changed, by number.
import { computed, signal } from "@preact/signals";
import type { Command, Desk, Event, Me, Refusal, Thread } from "./console-wire";

export const me = signal<Me | null | undefined>(undefined); // undefined: not asked yet
export const list = signal<Desk[]>([]);
export const open = signal<string>("");
export const thread = signal<Thread | null>(null);
export const online = signal(false);
export const trouble = signal("");
export const lookers = signal<Map<string, { agent: string; typing: boolean; until: number }>>(new Map());

export const mine = computed(() => {
  const t = thread.value;
  return t !== null && t.owner === "agent" && t.agent === me.value?.name;
});

async function ask<T>(method: string, path: string, body?: unknown): Promise<{ status: number; data: T }> {
  const init: RequestInit = { method, headers: { "content-type": "application/json" } };
  if (body !== undefined) init.body = JSON.stringify(body);
  const res = await fetch(`/console/api/${path}`, init);
  const text = await res.text();
  return { status: res.status, data: (text === "" ? null : JSON.parse(text)) as T };
}

export async function whoAmI() {
  const { status, data } = await ask<Me>("GET", "me");
  me.value = status === 200 ? data : null;
  if (me.value) await start();
}

export async function signIn(name: string, password: string, fresh: string): Promise<Refusal | null> {
  const { status, data } = await ask<Refusal>("POST", "session", { name, password, new_password: fresh });
  if (status !== 204) return data;
  await whoAmI();
  return null;
}

export async function signOut() {
  await ask("DELETE", "session");
  stop();
  me.value = null;
}

async function loadList() {
  const { status, data } = await ask<{ conversations: Desk[] }>("GET", "desk");
  if (status === 200) list.value = data.conversations;
  if (status === 401) me.value = null;
}

export async function show(id: string) {
  open.value = id;
  await loadThread(id);
}

async function loadThread(id: string) {
  const { status, data } = await ask<Thread>("GET", `conversations/${encodeURIComponent(id)}`);
  if (status === 200 && open.value === id) thread.value = data;
}

// command does something to the open conversation, as it was seen. The id makes a repeat
// harmless.
export async function command(op: Command["op"], text = "", anyway = false): Promise<Refusal | null> {
  const t = thread.value;
  if (!t) return null;
  trouble.value = "";
  const cmd: Command = { id: crypto.randomUUID(), op, conversation: t.id, if_rev: anyway ? 0 : t.rev, owner_epoch: t.owner_epoch, text };
  const { status, data } = await ask<Refusal>("POST", "cmd", cmd);
  await Promise.all([loadThread(t.id), loadList()]);
  return status === 200 ? null : data;
}

let socket: WebSocket | undefined;
let pause = 250;
let since = 0;
let epoch = "";
let timer = 0;
let running = false;

async function start() {
  running = true;
  await loadList();
  connect();
}

function stop() {
  running = false;
  clearTimeout(timer);
  socket?.close();
  list.value = [];
  open.value = "";
  thread.value = null;
}

function connect() {
  if (!running) return;
  const url = new URL("/console/ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(url, "agentui.v1");
  socket.onmessage = (e: MessageEvent<string>) => hear(JSON.parse(e.data) as Event);
  socket.onclose = (e) => {
    online.value = false;
    if (e.code === 4001) {
      me.value = null;
      return;
    }
    timer = window.setTimeout(connect, pause * Math.random() + 100);
    pause = Math.min(pause * 2, 20_000);
  };
}

function say(op: string, d: unknown) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ op, d }));
}

// look tells colleagues what is on this screen.
export function look(typing: boolean) {
  if (open.value !== "") say("look", { conv: open.value, typing });
}

function hear(e: Event) {
  switch (e.op) {
    case "hello":
      if (epoch === "") {
        epoch = e.d.epoch;
        since = e.d.head;
      }
      say("resume", { epoch, since });
      break;
    case "live":
      online.value = true;
      pause = 250;
      break;
    case "resync":
      epoch = e.d.epoch;
      since = e.d.head;
      void loadList();
      if (open.value !== "") void loadThread(open.value);
      break;
    case "ev":
      since = e.d.seq;
      later(e.d.conv);
      break;
    case "look":
      lookers.value = new Map(lookers.value).set(e.d.conv, { agent: e.d.agent, typing: e.d.typing, until: Date.now() + e.d.ttl_ms });
      break;
  }
}

// later reads what changed a moment after it did: a burst of events is one reading.
let waiting = 0;
const changed = new Set<string>();
function later(conv: string) {
  changed.add(conv);
  if (waiting !== 0) return;
  waiting = window.setTimeout(() => {
    waiting = 0;
    void loadList();
    if (changed.has(open.value)) void loadThread(open.value);
    changed.clear();
  }, 60);
}

window.setInterval(() => {
  say("hb", null);
  if (document.visibilityState === "visible") look(false);
}, 4000);
