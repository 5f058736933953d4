// The line to the server: a socket that says by number what changed, and carries commands.
// It never gives up, and takes no browser's word for being alive: what does not answer is
// left behind for a new one.
import { signal } from "@preact/signals";
import { next } from "./again";
import type { Away, Command, Following, Happening, Hello, Look, Refusal, Resync } from "./console-wire";

// Trouble is why nothing comes: there is no network, only the socket is blocked, there are
// too many windows, or the page is older than the server.
export type Trouble = "" | "offline" | "blocked" | "windows" | "outdated";

export const online = signal(false);
export const trouble = signal<Trouble>("");

// Ears are who is told.
export interface Ears {
  changed(conversation: string): void;
  everything(all: boolean): void; // the line is there, and tells what was missed; all: it does not
  looked(l: Look): void;
  whereabout(a: Away): void;
  out(): void; // nobody is signed in any more
  role(): Promise<void>; // one may something else than before
  reached(): Promise<boolean>; // the server answers without a socket
}

export interface Answer {
  status: number;
  data: Refusal;
}

type Frame =
  | { op: "hello"; d: Hello }
  | { op: "live"; d: Following }
  | { op: "resync"; d: Resync }
  | { op: "ev"; d: Happening }
  | { op: "look"; d: Look }
  | { op: "presence"; d: Away }
  | { op: "ack" | "nack"; d: { id?: string; status: number; d: Refusal } }
  | { op: "hb" };

const silence = 45_000; // a socket that says nothing for longer is dead
const patience = 2000; // for the answer to a probe, and before trouble is spoken of
const opening = 10_000; // for a socket that is neither open nor refused

let ears: Ears | null = null;
let socket: WebSocket | undefined;
let timer = 0;
let blaming = 0;
let failed = 0; // tries since it was live
let refused = 0; // sockets, one after the other, that never opened
let epoch = "";
let since = 0;
let missed = true; // more than the line tells
let heard = 0;
let begun = 0; // when this socket was opened
let beat = 0; // when the last heartbeat went out
let beats = 20_000;
let doubt = 0; // when the socket was asked whether it lives; 0: it was not
const waiting = new Map<string, (a: Answer | null) => void>();

export function connect(to: Ears) {
  if (ears !== null && socket !== undefined) return;
  ears = to;
  open();
}

export function hangUp() {
  ears = null;
  clearTimeout(timer);
  leave();
  epoch = "";
  failed = 0;
  trouble.value = "";
}

export function say(op: string, d: unknown): boolean {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify({ op, d }));
  return true;
}

// carry sends a command; null: there is no answer, and nobody knows whether it arrived.
export function carry(cmd: Command): Promise<Answer | null> {
  return new Promise((answer) => {
    if (!online.value || !say("cmd", cmd)) return answer(null);
    const give = setTimeout(() => {
      probe();
      answered(cmd.id, null);
    }, 5000);
    waiting.set(cmd.id, (a) => {
      clearTimeout(give);
      answer(a);
    });
  });
}

function answered(id: string, a: Answer | null) {
  waiting.get(id)?.(a);
  waiting.delete(id);
}

// probe asks a socket that may be dead; where there is none, it opens one now.
export function probe() {
  if (ears === null) return;
  if (socket === undefined || socket.readyState >= WebSocket.CLOSING) open();
  else if (doubt === 0 && say("hb", null)) doubt = Date.now();
}

function open() {
  if (ears === null || trouble.value === "outdated") return;
  clearTimeout(timer);
  leave();
  const url = new URL("/console/ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const s = new WebSocket(url, "agentui.v1");
  socket = s;
  heard = begun = beat = Date.now();
  doubt = 0;
  s.onmessage = (e: MessageEvent<string>) => {
    heard = Date.now();
    doubt = 0;
    hear(JSON.parse(e.data) as Frame);
  };
  s.onopen = () => (refused = -1);
  s.onclose = (e) => void lost(e.code, e.reason);
}

// leave lets go of a socket, whatever the browser still believes of it.
function leave() {
  const s = socket;
  socket = undefined;
  if (s === undefined) return;
  s.onopen = s.onmessage = s.onclose = null;
  s.close();
  dropped();
}

function dropped() {
  online.value = false;
  for (const id of [...waiting.keys()]) answered(id, null);
}

async function lost(code: number, reason: string) {
  leave();
  refused++;
  if (ears === null) return;
  const n = next(code, reason, failed++, Math.random());
  if (n.what === "out") return ears.out();
  if (n.what === "role") await ears.role();
  if (n.what === "windows" || n.what === "outdated") trouble.value = n.what;
  else blame();
  if (n.what !== "outdated" && ears !== null) timer = window.setTimeout(open, n.in);
}

// blame says what the trouble is, once it has lasted: a server that starts again is back
// before anybody needs to know.
function blame() {
  if (!navigator.onLine) trouble.value = "offline";
  if (blaming !== 0) return;
  blaming = window.setTimeout(async () => {
    blaming = 0;
    if (online.value || ears === null) return;
    const late = new Promise<boolean>((no) => setTimeout(() => no(false), patience / 2 - 200));
    const reached = navigator.onLine && (await Promise.race([ears.reached(), late]));
    if (online.value || ears === null || trouble.value === "windows" || trouble.value === "outdated") return;
    if (!reached) trouble.value = "offline";
    else if (refused > 1) trouble.value = "blocked";
  }, patience / 2);
}

function hear(f: Frame) {
  switch (f.op) {
    case "hello":
      if (epoch === "") {
        ({ epoch, head: since } = f.d);
        missed = true;
      }
      beats = f.d.hb_s * 1000;
      say("resume", { epoch, since });
      break;
    case "live":
      failed = 0;
      trouble.value = "";
      online.value = true;
      ears?.everything(missed); // what could not be read meanwhile, too
      missed = false;
      break;
    case "resync":
      ({ epoch, head: since } = f.d); // what is live after it reads everything
      missed = true;
      break;
    case "ev":
      if (f.d.seq <= since) break; // told before
      since = f.d.seq;
      ears?.changed(f.d.conv);
      break;
    case "look":
      ears?.looked(f.d);
      break;
    case "presence":
      ears?.whereabout(f.d);
      break;
    case "ack":
    case "nack":
      answered(f.d.id ?? "", { status: f.d.status, data: f.d.d });
  }
}

// watch runs every second. After a pause of its own (a browser stops the clocks of pages
// that nobody sees) it asks before it judges.
let ticked = Date.now();
function watch() {
  const now = Date.now();
  const late = now - ticked > 5000;
  ticked = now;
  if (socket === undefined || ears === null) return;
  if (socket.readyState === WebSocket.CONNECTING || !online.value) {
    if (!late && now - begun > opening) void lost(1006, "");
    return;
  }
  if (late) return probe();
  if (doubt !== 0 ? now - doubt > patience : now - heard > silence) return void lost(1006, "");
  if (now - beat >= beats && say("hb", null)) beat = now;
}

window.setInterval(watch, 1000);
for (const moment of ["online", "pageshow", "resume"]) window.addEventListener(moment, probe);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && probe());
window.addEventListener("offline", () => void (ears !== null && lost(1006, "")));
