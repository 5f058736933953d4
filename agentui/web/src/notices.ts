// How somebody who looks elsewhere is told of news: by the desktop, by a sound, both only
// if they asked for it. A notice names who, and never what was written: others see it too.
import { effect, signal } from "@preact/signals";
import { list, loaded, me, mentions, open, show } from "./desk";
import { news } from "./news";
import { t } from "./t";
import type { Look, News } from "./news";

export interface Wanted {
  desktop: boolean;
  sound: boolean;
}

const none: Wanted = { desktop: false, sound: false };
const key = () => `parley/notices/${me.value?.name}`;

export const wanted = signal<Wanted>(none);
effect(() => {
  try {
    wanted.value = { ...none, ...(JSON.parse(localStorage.getItem(key()) ?? "{}") as Partial<Wanted>) };
  } catch {
    wanted.value = none;
  }
});

function want(w: Partial<Wanted>) {
  wanted.value = { ...wanted.value, ...w };
  localStorage.setItem(key(), JSON.stringify(wanted.value));
}

export const refusedByBrowser = signal(globalThis.Notification?.permission === "denied");

// wantDesktop asks the browser, as nobody but a person who has just clicked may.
export async function wantDesktop(on: boolean) {
  const may = on && globalThis.Notification !== undefined && (await Notification.requestPermission()) === "granted";
  refusedByBrowser.value = on && !may;
  want({ desktop: may });
}

export function wantSound(on: boolean) {
  want({ sound: on });
  if (on) chime();
}

let audio: AudioContext | undefined;

// chime plays two short notes.
function chime() {
  audio ??= new AudioContext();
  void audio.resume();
  [660, 880].forEach((pitch, i) => {
    const from = audio!.currentTime + i * 0.12;
    const gain = new GainNode(audio!, { gain: 0 });
    gain.gain.setValueAtTime(0.06, from);
    gain.gain.exponentialRampToValueAtTime(0.001, from + 0.11);
    const tone = new OscillatorNode(audio!, { frequency: pitch });
    tone.connect(gain).connect(audio!.destination);
    tone.start(from);
    tone.stop(from + 0.12);
  });
}

const told = "parley/told";

// claim leaves the news that no other window of this browser has told.
async function claim(all: News[]): Promise<News[]> {
  const take = () => {
    let marks: string[] = [];
    try {
      marks = JSON.parse(localStorage.getItem(told) ?? "[]") as string[];
    } catch {
      // somebody else's value: begin anew
    }
    const fresh = all.filter((n) => !marks.includes(n.mark));
    localStorage.setItem(told, JSON.stringify([...marks, ...fresh.map((n) => n.mark)].slice(-200)));
    return fresh;
  };
  return navigator.locks === undefined ? take() : navigator.locks.request(told, take);
}

const seen = (n: News) => document.visibilityState === "visible" && open.value === n.conversation;

// tell lets a window in which the conversation stands open take the news first, and
// silently: within a second, which a busy computer needs to bring it to both.
async function tell(all: News[]) {
  await claim(all.filter(seen));
  await new Promise((then) => setTimeout(then, 1000));
  const fresh = await claim(all.filter((n) => !seen(n)));
  if (fresh.length === 0) return;
  if (wanted.value.sound) chime();
  if (!wanted.value.desktop || globalThis.Notification?.permission !== "granted") return;
  if (fresh.length > 3) new Notification(t("notice.many", { n: fresh.length }), { tag: told });
  else for (const n of fresh) popUp(n);
}

function popUp(n: News) {
  const up = new Notification(t(`notice.${n.kind}`, { who: n.who }), { tag: n.mark });
  up.onclick = () => {
    window.focus();
    void show(n.conversation);
    up.close();
  };
}

let before: Look | null = null;
effect(() => {
  const name = me.value?.name;
  const now = { desks: list.value, calls: mentions.value };
  if (name !== undefined && loaded.value) {
    const all = before === null ? [] : news(before, now, name);
    if (all.length > 0) void tell(all);
    before = now;
  } else before = null;
});
