// What is new between two looks at the list, for one person.
import type { Desk, Mentioned } from "./console-wire";

export interface News {
  kind: "waits" | "answered" | "called";
  conversation: string;
  who: string;
  mark: string; // the same for the same news in every window
}

export interface Look {
  desks: Desk[];
  calls: Mentioned[];
}

const waits = (d: Desk) => d.owner === "queue" && !d.snoozed;
const name = (d: Pick<Desk, "customer" | "phone">) => d.customer || d.phone;

// differing leaves out what two lists begin and end with alike.
function differing(a: Desk[], b: Desk[]): [Desk[], Desk[]] {
  const most = Math.min(a.length, b.length);
  let [first, last] = [0, 0];
  while (first < most && a[first] === b[first]) first++;
  while (last < most - first && a.at(-1 - last) === b.at(-1 - last)) last++;
  return [a.slice(first, a.length - last), b.slice(first, b.length - last)];
}

export function news(before: Look, after: Look, me: string): News[] {
  const [was, is] = differing(before.desks, after.desks);
  const old = new Map(was.map((d) => [d.conversation, d]));
  const all: News[] = [];
  for (const d of is) {
    const was = old.get(d.conversation);
    const about = { conversation: d.conversation, who: name(d) };
    if (waits(d) && !(was && waits(was))) all.push({ ...about, kind: "waits", mark: `waits/${d.conversation}/${d.since}` });
    if (d.owner === "agent" && d.agent === me && d.awaiting !== undefined && was?.owner === "agent" && was.agent === me && was.awaiting !== d.awaiting)
      all.push({ ...about, kind: "answered", mark: `answered/${d.conversation}/${d.awaiting}` });
  }
  for (const c of after.calls) {
    if (!before.calls.some((b) => b.conversation === c.conversation && b.at === c.at)) all.push({ kind: "called", conversation: c.conversation, who: c.by, mark: `called/${c.conversation}/${c.at}` });
  }
  return all;
}
