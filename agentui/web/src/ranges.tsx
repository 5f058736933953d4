// The time that leads look at, in whole days of their own clock.
import { signal } from "@preact/signals";
import { midnight } from "./days";

export type Range = 1 | 7 | 30;
export const range = signal<Range>(7);

const names: [Range, string][] = [
  [1, "Today"],
  [7, "7 days"],
  [30, "30 days"],
];

// asked is the range as the server takes it: up to the coming midnight, so that who looks
// again within seconds asks the same.
export const asked = () => `from=${midnight(1 - range.value)}&to=${midnight(1)}`;

export function Ranges() {
  return (
    <div class="ranges" role="group" aria-label="Time">
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
  if (s < 1) return "under 1 s";
  if (s < 90) return `${Math.round(s)} s`;
  if (s < 90 * 60) return `${Math.round(s / 60)} min`;
  if (s < 48 * 3600) return `${(s / 3600).toFixed(1).replace(/\.0$/, "")} h`;
  return `${Math.round(s / 86_400)} days`;
}

const wholes = new Intl.NumberFormat();
export const whole = (n: number) => wholes.format(n);
const shares = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });
export const share = (n: number, of: number) => (of === 0 ? "–" : shares.format(n / of));
export const spoken = (name: string) => name.replaceAll("_", " ");
