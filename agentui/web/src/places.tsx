// Where somebody is in the console, and what comes in a chunk of its own: few open a
// flow's picture or the numbers, and nobody should wait for them before the list stands.
import { computed, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { me } from "./desk";
import { t } from "./t";

export type Place = "desk" | "numbers" | "flows";
export const place = signal<Place>("desk");

// picture says whether the open conversation's flow is shown beside it.
export const picture = signal(false);

// oversees says whether one sees how all work goes.
export const oversees = computed(() => me.value != null && me.value.role !== "agent");

function lazily(load: () => Promise<ComponentType>) {
  const got = signal<ComponentType | null>(null);
  const failed = signal(false);
  let asked = false;
  const ask = () => {
    asked = true;
    failed.value = false;
    load().then(
      (c) => (got.value = c),
      () => (failed.value = true),
    );
  };
  return function Later() {
    if (!asked) ask();
    const C = got.value;
    if (C !== null) return <C />;
    if (!failed.value) return <p class="empty" role="status">{t("reading")}</p>;
    return (
      <div class="empty" role="alert">
        <p>{t("part_missing")}</p>
        <button type="button" class="plain small" onClick={ask}>
          {t("try_again")}
        </button>
      </div>
    );
  };
}

export const FlowPane = lazily(() => import("./flow-pane").then((m) => m.FlowPane));
export const FlowsPage = lazily(() => import("./flows-page").then((m) => m.FlowsPage));
export const NumbersPage = lazily(() => import("./numbers-page").then((m) => m.NumbersPage));

const places: [Place, string][] = [
  ["desk", t("inbox")],
  ["numbers", t("numbers")],
  ["flows", t("flows")],
];

export function Places() {
  if (!oversees.value) return null;
  return (
    <nav class="places" aria-label={t("parts")}>
      {places.map(([p, name]) => (
        <button key={p} type="button" class="tab" aria-current={place.value === p ? "page" : undefined} onClick={() => (place.value = p)}>
          {name}
        </button>
      ))}
    </nav>
  );
}
