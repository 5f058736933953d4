// In which order the list is worked off: what is put aside last, then the more urgent first,
// of these what is due first, and what has no clock behind it. agentui/queues.go sorts a
// page of it in the same way.
import type { Desk } from "./console-wire";

const urgency: Record<string, number> = { alert: 0, code: 1, bulk: 3 };

export const before = (a: Desk, b: Desk): number =>
  Number((a.snoozed ?? 0) > 0) - Number((b.snoozed ?? 0) > 0) ||
  (urgency[a.priority ?? ""] ?? 2) - (urgency[b.priority ?? ""] ?? 2) ||
  (a.due ?? Infinity) - (b.due ?? Infinity) ||
  a.since - b.since ||
  (a.conversation < b.conversation ? -1 : 1);
