// How moments, people and things are named on the screen.
import { known, locale, t } from "./t";
import type { Colleague, Desk } from "./console-wire";

const ages = new Intl.RelativeTimeFormat(locale, { numeric: "always", style: "narrow" });
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const whole = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

// age is how long ago a moment was, in the largest unit that fits.
export function age(at: number, now: number): string {
  const minutes = Math.max(0, Math.round((now - at) / 60_000));
  if (minutes < 1) return t("now");
  if (minutes < 60) return ages.format(-minutes, "minute");
  if (minutes < 48 * 60) return ages.format(-Math.round(minutes / 60), "hour");
  return ages.format(-Math.round(minutes / 1440), "day");
}

const spans = new Intl.NumberFormat(locale, { style: "unit", unit: "minute", unitDisplay: "short" });
const hours = new Intl.NumberFormat(locale, { style: "unit", unit: "hour", unitDisplay: "short" });

// due is how far off a moment is that should not pass: calm, soon (five minutes) or late.
export function due(at: number, now: number): ["calm" | "soon" | "late", string] {
  const minutes = Math.floor(Math.abs(at - now) / 60_000);
  const span = minutes < 120 ? spans.format(minutes) : hours.format(Math.floor(minutes / 60));
  if (at < now) return ["late", minutes < 1 ? t("due.late") : t("due.late_by", { span })];
  return [minutes < 5 ? "soon" : "calm", minutes < 1 ? t("due.now") : t("due.in", { span })];
}

export const time = (at: number) => clock.format(at);
export const date = (at: number) => day.format(at);
export const moment = (at: number) => whole.format(at);

// there is what the clock shows in another place.
export function there(zone: string, now: number): string {
  try {
    return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", weekday: "short", timeZone: zone }).format(now);
  } catch {
    return "";
  }
}

const languages = new Intl.DisplayNames(locale, { type: "language" });
export function language(tag: string): string {
  try {
    return languages.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

// Why a person is asked, in a few words; conversation/told.go has what each means.
export const because = (reason: string | undefined) => (reason === undefined ? t("why.handed_over") : (known(`why.${reason}`) ?? reason.replaceAll("_", " ")));

export const priorities = { alert: t("urgent"), notice: t("normal"), bulk: t("low") };

// whereabouts is whether a colleague may be given something.
export const whereabouts = (c: Pick<Colleague, "here" | "away">) => t(!c.here ? "not_here" : c.away ? "away" : "at_work");

export const called = (d: Pick<Desk, "customer" | "phone">) => d.customer || d.phone;

// initials stand for somebody in a circle: of a number, its last two digits.
export function initials(name: string): string {
  if (/^\+?\d/.test(name)) return name.slice(-2);
  const parts = name.replace(/[^\p{L}\p{N}\s]/gu, "").trim().split(/\s+/);
  return [...(parts[0] ?? "")].slice(0, 1).join("") + (parts.length > 1 ? [...(parts.at(-1) ?? "")].slice(0, 1).join("") : "");
}

// shade is one of six, the same for the same name.
export function shade(name: string): number {
  let n = 0;
  for (const c of name) n = (n * 31 + (c.codePointAt(0) ?? 0)) >>> 0;
  return n % 6;
}

const shares = new Intl.NumberFormat(locale, { style: "percent" });
export const percent = (share: number) => shares.format(share);
