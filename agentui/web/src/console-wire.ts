// What the console's doors carry; agentui/console.go, thread.go and seat.go have the same
// types.

export interface Me {
  name: string;
  role: "agent" | "lead" | "admin" | "auditor";
}

export interface Desk {
  conversation: string;
  line: string;
  phone: string;
  owner: "queue" | "agent";
  agent?: string;
  queue?: string;
  reason?: string;
  priority?: string;
  since: number; // Unix ms
  awaiting?: number; // since when the customer waits, Unix ms
}

export interface Decision {
  about: string;
  choice: string;
  why?: string;
}

export interface Item {
  position: number;
  at: number; // Unix ms
  by: "customer" | "bot" | "agent" | "business" | "system";
  who: string;
  text?: string;
  media?: { url: string; type: string }[];
  message?: string;
  status?: string;
  error?: string;
  segments?: number;
  note?: string;
  decisions?: Decision[];
}

export interface Current {
  rev: number;
  owner_epoch: number;
  owner: "bot" | "queue" | "agent";
  agent?: string;
}

export interface Thread extends Current {
  id: string;
  line: string;
  phone: string;
  language?: string;
  handoff?: { queue?: string; note?: string; reason?: string; since?: number };
  runs: { id: string; flow: string; state: string; key?: string }[];
  items: Item[];
  before?: number;
}

export interface Refusal {
  code: string;
  detail: string;
  current?: Current;
}

export interface Command {
  id: string;
  op: "take" | "reply" | "return" | "close" | "note";
  conversation: string;
  if_rev: number;
  owner_epoch: number;
  text: string;
}

export type Event =
  | { op: "hello"; d: { me: string; epoch: string; head: number } }
  | { op: "live"; d: { head: number } }
  | { op: "resync"; d: { reason: string; epoch: string; head: number } }
  | { op: "ev"; d: { seq: number; conv: string; rev: number; type: string } }
  | { op: "look"; d: { conv: string; agent: string; typing: boolean; ttl_ms: number } }
  | { op: "hb" | "ack" | "nack" };
