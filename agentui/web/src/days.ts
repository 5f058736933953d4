// Days and hours of the local clock, which are not all of the same length.
import { locale } from "./t";
import type { Point } from "./charts";

const long = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "numeric" });
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });

export const onDay = (at: number) => long.format(at);
export const briefly = (at: number) => short.format(at);

// midnight is where a day begins, so many days from the one of a moment.
export function midnight(days: number, from = Date.now()): number {
  const d = new Date(from);
  return new Date(d.getFullYear(), d.getMonth(), d.getDate() + days).getTime();
}

// spread puts counts of moments into so many days up to the one of now; of one day, into
// its hours.
export function spread(all: { at: number; count: number }[], days: number, now = Date.now()): Point[] {
  const starts: number[] = [];
  if (days === 1) for (let at = midnight(0, now); at < midnight(1, now); at += 3_600_000) starts.push(at);
  else for (let i = 1 - days; i <= 0; i++) starts.push(midnight(i, now));
  const ends = [...starts.slice(1), Infinity];
  return starts.map((at, i) => ({
    at,
    name: days === 1 ? clock.format(at) : briefly(at),
    long: days === 1 ? clock.format(at) : onDay(at),
    values: [all.filter((o) => o.at >= at && o.at < ends[i]!).reduce((sum, o) => sum + o.count, 0)],
  }));
}
