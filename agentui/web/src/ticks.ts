// How far a text has come. Receipts come in any order, and a screen that went back from
// "delivered" to "sent" would lie.
import { known, t } from "./t";
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

export const said = (s: Status): string => t(`status.${s}`);

// reason puts the commonest errors of carriers into words; the code stands beside them.
export const reason = (code: string): string => known(`carrier.${code}`) ?? "";
