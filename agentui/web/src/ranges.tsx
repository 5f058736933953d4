// The time that leads look at, in whole days of their own clock.
import { signal } from "@preact/signals";
import { midnight } from "./days";
import { locale, t } from "./t";

export type Range = 1 | 7 | 30;
export const range = signal<Range>(7);

const names: [Range, string][] = [
  [1, t("today")],
  [7, t("days", { n: 7 })],
  [30, t("days", { n: 30 })],
];

// asked is the range as the server takes it: up to the coming midnight, so that who looks
// again within seconds asks the same.
export const asked = () => `from=${midnight(1 - range.value)}&to=${midnight(1)}`;

export function Ranges() {
  return (
    <div class="ranges" role="group" aria-label={t("range")}>
      {names.map(([n, name]) => (
        <button key={n} type="button" class="tab" aria-pressed={range.value === n} onClick={() => (range.value = n)}>
          {name}
        </button>
      ))}
    </div>
  );
}

// took says how long something lasted, in the unit that people would.
export function took(ms: number): string {
  const s = ms / 1000;
  if (s < 1) return t("took.under");
  if (s < 90) return t("took.s", { n: Math.round(s) });
  if (s < 90 * 60) return t("took.min", { n: Math.round(s / 60) });
  if (s < 48 * 3600) return t("took.h", { n: Math.round(s / 360) / 10 });
  return t("days", { n: Math.round(s / 86_400) });
}

const wholes = new Intl.NumberFormat(locale);
export const whole = (n: number) => wholes.format(n);
const shares = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
export const share = (n: number, of: number) => (of === 0 ? "–" : shares.format(n / of));
export const spoken = (name: string) => name.replaceAll("_", " ");
