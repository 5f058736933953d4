// How far a text has come. Receipts come in any order, and a screen that went back from
// "delivered" to "sent" would lie.
import type { Item } from "./console-wire";

export type Status = NonNullable<Item["status"]>;

const rank: Record<Status, number> = { queued: 0, sending: 1, sent: 2, expired: 3, cancelled: 3, superseded: 3, failed: 3, delivered: 4 };

// Ticks remembers the furthest that each message has come.
export class Ticks {
  private best = new Map<string, Status>();

  // of is the status to show, given what was just heard.
  of(message: string, heard: Status): Status {
    const before = this.best.get(message);
    if (before !== undefined && rank[before] > rank[heard]) return before;
    this.best.set(message, heard);
    return heard;
  }
}

export const said: Record<Status, string> = {
  queued: "accepted",
  sending: "on its way",
  sent: "sent",
  delivered: "delivered",
  failed: "failed",
  cancelled: "taken back",
  superseded: "not sent: a person took over",
  expired: "not sent: too late",
};

// reasons puts the commonest errors of carriers into words; the code stands beside them.
const reasons: Record<string, string> = {
  unknown_fate: "nobody knows whether it arrived",
  unreachable: "the phone cannot be reached",
  opted_out: "the customer has opted out at the carrier",
  "30003": "the phone cannot be reached",
  "30004": "the customer has blocked texts",
  "30005": "this number is not in service",
  "30006": "this is a landline, or the carrier cannot be reached",
  "30007": "the carrier took it for spam",
  "21610": "the customer has opted out at the carrier",
  agent_took_over: "a person took over",
};

export const reason = (code: string): string => reasons[code] ?? "";
