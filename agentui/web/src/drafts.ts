// What somebody has begun to write, by conversation and kind: it outlives a reload and a
// sign-in that has run out, and goes with signing out.

export type Mode = "reply" | "note";

// Draft is a text, and how the conversation stood when it was begun: what the customer
// wrote after that, its writer may not have read.
export interface Draft {
  text: string;
  rev: number;
}

type Box = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const prefix = "parley/draft/";
const nothing: Draft = { text: "", rev: 0 };

const name = (me: string, conversation: string, mode: Mode) => `${prefix}${me}/${conversation}/${mode}`;

export function load(box: Box, me: string, conversation: string, mode: Mode): Draft {
  try {
    const d = JSON.parse(box.getItem(name(me, conversation, mode)) ?? "null") as Partial<Draft> | null;
    return typeof d?.text === "string" && typeof d.rev === "number" ? { text: d.text, rev: d.rev } : nothing;
  } catch {
    return nothing;
  }
}

export function save(box: Box, me: string, conversation: string, mode: Mode, d: Draft) {
  try {
    if (d.text === "") box.removeItem(name(me, conversation, mode));
    else box.setItem(name(me, conversation, mode), JSON.stringify(d));
  } catch {
    // the box is full or closed: the draft lives as long as the page
  }
}

// forget takes out all of them: others may sit down here.
export function forget(box: Box) {
  const all = Array.from({ length: box.length }, (_, i) => box.key(i) ?? "");
  for (const key of all) if (key.startsWith(prefix)) box.removeItem(key);
}

// drafted says which conversations have one.
export function drafted(box: Box, me: string): Set<string> {
  const all = new Set<string>();
  for (let i = 0; i < box.length; i++) {
    const [who, conversation] = (box.key(i) ?? "").slice(prefix.length).split("/");
    if ((box.key(i) ?? "").startsWith(prefix) && who === me && conversation) all.add(conversation);
  }
  return all;
}
