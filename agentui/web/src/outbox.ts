// What was sent and has no answer yet. It is stored before it goes out, under an id of its
// own, and goes out again under the same id until the server says that it has it: the
// server carries each id out once.
import { signal } from "@preact/signals";
import type { Command, Refusal } from "./console-wire";

// Asks is why something does not go out by itself: it has become old, the conversation has
// moved on, somebody else has it, it is night, the customer may get it twice, or the server
// will not have it.
export type Asks = "old" | "moved" | "theirs" | "quiet" | "unsure" | "refused";

export interface Outgoing {
  id: string;
  me: string;
  at: number; // when it was sent, Unix ms
  command: Command;
  text: string; // what is shown
  tried?: boolean; // it may have arrived
  asks?: Asks;
  refusal?: Refusal;
}

const fresh = 5 * 60_000;

// uuid7 is an id that sorts by when it was made (RFC 9562).
export function uuid7(now: number, random: Uint8Array): string {
  const b = Uint8Array.from(random.subarray(0, 16));
  for (let i = 0, rest = now; i < 6; i++, rest = Math.floor(rest / 256)) b[5 - i] = rest % 256;
  b[6] = (b[6]! & 0x0f) | 0x70;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const hex = [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// ready are those that go out by themselves, in their order. One that asks holds back what
// the customer should read after it.
export function ready(all: Outgoing[], now: number): { go: Outgoing[]; old: Outgoing[] } {
  const held = new Set<string>();
  const go: Outgoing[] = [];
  const old: Outgoing[] = [];
  for (const o of all) {
    const to = o.command.op === "note" ? o.id : o.command.conversation;
    if (held.has(to)) continue;
    if (o.asks === undefined && now - o.at <= fresh) go.push(o);
    else held.add(to);
    if (o.asks === undefined && now - o.at > fresh) old.push(o);
  }
  return { go, old };
}

// Came is what an answer means: the server has it; it has not, and may be asked again; or
// somebody has to decide.
export type Came = "gone" | "later" | Asks;

export function came(me: string, status: number, r: Refusal | null): Came {
  if (status === 200) return "gone";
  if (status === 401 || status === 429 || status >= 500) return "later";
  if (status === 409) return r?.current?.owner === "agent" && r.current.agent === me ? "moved" : "theirs";
  return r?.code === "quiet" || r?.code === "unsure" ? r.code : "refused";
}

// anyway says whether somebody may insist.
export const anyway = (a: Asks | undefined) => a === "old" || a === "moved" || a === "quiet" || a === "unsure";

export const outbox = signal<Outgoing[]>([]);

let others: BroadcastChannel | null = null; // windows of this browser

// stored does something with the box, in a transaction of its own; a browser that has none
// keeps what is sent as long as the page.
let opened: Promise<IDBDatabase> | undefined;
async function stored<T>(mode: IDBTransactionMode, go: (box: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  opened ??= new Promise((yes, no) => {
    const asked = indexedDB.open("parley", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: "id" });
    asked.onsuccess = () => yes(asked.result);
    asked.onerror = () => no(asked.error);
  });
  const transaction = (await opened).transaction("outbox", mode, { durability: "strict" });
  return new Promise((yes, no) => {
    const asked = go(transaction.objectStore("outbox"));
    transaction.oncomplete = () => yes(asked.result);
    transaction.onerror = transaction.onabort = () => no(transaction.error);
  });
}

// inTurn lets one thing happen after the other, so that what is on the screen is what was
// stored last.
let last: Promise<unknown> = Promise.resolve();
const inTurn = <T>(go: () => Promise<T>) => (last = last.then(go, go)) as Promise<T>;

async function change<T>(go: (box: IDBObjectStore) => IDBRequest<T>) {
  try {
    await stored("readwrite", go);
    others?.postMessage("changed");
  } catch {
    // full or closed: the page itself remembers
  }
}

// load reads what somebody has; what another person left here stays theirs.
export const load = (me: string) =>
  inTurn(async () => {
    try {
      const all = await stored<Outgoing[]>("readonly", (box) => box.getAll());
      outbox.value = all.filter((o) => o.me === me);
    } catch {
      outbox.value = outbox.value.filter((o) => o.me === me);
    }
  });

async function keep(o: Outgoing) {
  await change((box) => box.put(o));
  outbox.value = [...outbox.value.filter((other) => other.id !== o.id), o].sort((a, b) => (a.id < b.id ? -1 : 1));
}

export const put = (o: Outgoing) => inTurn(() => keep(o));

// amend changes one that is still there: it may have been taken back meanwhile.
export const amend = (o: Outgoing) =>
  inTurn(async () => {
    if (outbox.value.some((other) => other.id === o.id)) await keep(o);
  });

// settle takes one out of the box; hide, off the screen, when what it has become stands
// there.
export const settle = (id: string) => inTurn(() => change((box) => box.delete(id)));
export function hide(id: string) {
  outbox.value = outbox.value.filter((o) => o.id !== id);
}

// empty forgets everybody's: others may sit down here.
export const empty = () =>
  inTurn(async () => {
    outbox.value = [];
    await change((box) => box.clear());
  });

// follow reads again what another window has changed.
export function follow(me: () => string | undefined) {
  others = new BroadcastChannel("parley/outbox");
  others.addEventListener("message", () => {
    const name = me();
    if (name !== undefined) void load(name);
  });
}
