// How what was sent gets out: by the socket, or by POST where there is none.
import { effect } from "@preact/signals";
import { pause } from "./again";
import { ask, loadThread, me, open, read, reread } from "./desk";
import { carry, online, probe } from "./line";
import { amend, came, follow, hide, load, outbox, put, ready, settle, uuid7 } from "./outbox";
import type { Answer } from "./line";
import type { Outgoing } from "./outbox";
import type { Command, Refusal, Thread } from "./console-wire";

// send stores a command, and lets it go. It is on the screen before anything answers.
export async function send(t: Thread, op: Command["op"], d: Partial<Command>, text: string) {
  const id = uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
  const seen = op === "note" ? { owner_epoch: 0 } : { if_rev: t.rev, owner_epoch: t.owner_epoch };
  await put({ id, me: me.value!.name, at: Date.now(), command: { id, op, conversation: t.id, ...seen, ...d }, text });
  void flush();
}

// insist sends what asked, as the conversation stands now.
export async function insist(o: Outgoing) {
  const { asks: _, refusal: __, ...rest } = o;
  const t = await read<Thread>(`conversations/${encodeURIComponent(o.command.conversation)}`);
  const seen = t === null || o.command.op === "note" ? {} : { if_rev: t.rev, owner_epoch: t.owner_epoch };
  await put({ ...rest, at: Date.now(), command: { ...o.command, ...seen, anyway: true } });
  void flush(true);
}

export async function cancel(o: Outgoing) {
  hide(o.id);
  await settle(o.id);
  void flush();
}

let flushing = false;
let again = false;
let failed = 0;
let notBefore = 0;

// flush sends what is ready, one after the other; what finds no answer is tried again
// later, under its id.
export async function flush(now = false) {
  if (now) failed = notBefore = 0;
  if (flushing) {
    again = true;
    return;
  }
  if (Date.now() < notBefore) return;
  flushing = true;
  try {
    do {
      again = false;
      if (!me.value || !(await round(me.value.name))) break; // signed out, also in the middle of it
    } while (again);
  } finally {
    flushing = false;
  }
}

// round sends each once; false: nobody answers.
async function round(name: string): Promise<boolean> {
  const { go, old } = ready(outbox.value, Date.now());
  for (const o of old) await amend({ ...o, asks: "old" });
  for (const o of go) {
    if (me.value?.name !== name) return false; // somebody else sits here now
    const still = outbox.value.find((other) => other.id === o.id);
    if (still === undefined || still.asks !== undefined) continue;
    if (!(await one(name, still))) {
      notBefore = Math.max(notBefore, Date.now() + pause(failed++, Math.random()));
      return false;
    }
    failed = 0;
  }
  return true;
}

async function one(name: string, o: Outgoing): Promise<boolean> {
  const a = await answer(o.command);
  if (a === null) {
    if (!o.tried) await amend({ ...o, tried: true });
    return false;
  }
  const what = came(name, a.status, a.data);
  if (a.status === 401) me.value = null;
  if (what === "gone") {
    await settle(o.id);
    await seen(o.command.conversation);
    hide(o.id); // as soon as it stands there otherwise: nobody sees it twice
    return true;
  }
  if (what === "later") return false;
  if (what === "moved" && (await onlyMine(name, o))) return true;
  await amend({ ...o, asks: what, refusal: a.data });
  await seen(o.command.conversation);
  return true;
}

async function answer(cmd: Command): Promise<Answer | null> {
  const heard = await carry(cmd);
  if (heard !== null) return heard;
  try {
    const { status, data, retryAfter } = await ask<Refusal>("POST", "cmd", cmd);
    if (retryAfter > 0) notBefore = Date.now() + retryAfter;
    return { status, data };
  } catch {
    if (online.value) probe(); // the browser may believe in a socket that is as dead
    return null;
  }
}

// onlyMine says whether a conversation has moved on by nothing but what I did myself, and
// what only the machine needs to know; then the command is meant as it stands now.
async function onlyMine(name: string, o: Outgoing): Promise<boolean> {
  const t = await read<Thread>(`conversations/${encodeURIComponent(o.command.conversation)}`);
  const rev = o.command.if_rev ?? 0;
  if (t === null || t.owner_epoch !== o.command.owner_epoch || (t.items[0]?.position ?? 0) / 256 > rev + 0.5) return false;
  if (t.items.some((i) => i.position / 256 > rev + 0.5 && (i.by === "customer" || i.by === "bot" || (i.by === "agent" && i.who !== name)))) return false;
  await amend({ ...o, command: { ...o.command, if_rev: t.rev } });
  again = true;
  return true;
}

async function seen(conversation: string) {
  void reread([conversation]);
  if (open.value === conversation) await loadThread(conversation);
}

follow(() => me.value?.name);
effect(() => {
  const name = me.value?.name;
  if (name === undefined) outbox.value = [];
  else void load(name).then(() => flush(true));
});
effect(() => {
  if (online.value) void flush(true);
});
window.addEventListener("online", () => void flush(true));
window.setInterval(() => {
  if (outbox.value.some((o) => o.asks === undefined)) void flush();
}, 1000);
