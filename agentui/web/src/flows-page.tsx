// For leads: every flow, how far its runs came and what became of them.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Bars, Figure } from "./charts";
import { read } from "./desk";
import { Picture } from "./picture";
import { Ranges, asked, range, share, spoken, whole } from "./ranges";
import { t } from "./t";
import type { FlowName, FlowNames, FlowNumbers } from "./console-wire";

const names = signal<FlowName[] | null>(null);
const chosen = signal("");
const numbers = signal<FlowNumbers | null>(null);

async function loadNames() {
  const all = await read<FlowNames>("flows");
  if (all === null) return;
  names.value = all.flows;
  if (!all.flows.some((f) => f.name === chosen.value)) chosen.value = all.flows[0]?.name ?? "";
}

async function load(name: string, days: number) {
  const n = await read<FlowNumbers>(`flows/${encodeURIComponent(name)}?${asked()}`);
  if (n !== null && chosen.value === name && range.value === days) numbers.value = n;
}

export function FlowsPage() {
  useEffect(() => void loadNames(), []);
  useEffect(() => void (chosen.value !== "" && load(chosen.value, range.value)), [chosen.value, range.value]);
  const n = numbers.value?.graph.name === chosen.value ? numbers.value : null;
  return (
    <div class="sheetwide">
      <header class="heading">
        <h2>{t("flows")}</h2>
        <label class="choose">
          <span class="hidden">{t("flow")}</span>
          <select value={chosen.value} onChange={(e) => (chosen.value = e.currentTarget.value)}>
            {(names.value ?? []).map((f) => (
              <option key={f.name} value={f.name}>
                {f.title || f.name}
              </option>
            ))}
          </select>
        </label>
        <Ranges />
      </header>
      {names.value?.length === 0 && <p class="empty">{t("no_flows")}</p>}
      {n === null ? (
        names.value?.length !== 0 && <p class="faint" role="status">{t("reading")}</p>
      ) : (
        <div class="split">
          <section class="card drawing" aria-label={t("the_flow")}>
            <h3>{n.graph.title || n.graph.name}</h3>
            <p class="faint">
              {n.runs === 0 ? t("no_runs_ended") : t("runs_ended", { n: n.runs })}
              {n.part && ` ${t("more_ways")}`}
            </p>
            <Picture key={n.graph.name} graph={n.graph} runs={n.runs} counts={n.states} />
          </section>
          <div class="stack">
            <Figure title={t("outcomes")} hint={t("outcomes_hint")}>
              <Bars name={t("outcome")} unit={t("runs")} rows={n.outcomes.map((o) => ({ name: spoken(o.outcome), value: o.count, says: `${whole(o.count)} · ${share(o.count, n.runs)}` }))} />
            </Figure>
            <Figure title={t("ended_at")} hint={t("ended_hint")}>
              <Bars name={t("state")} unit={t("runs")} rows={n.states.filter((s) => s.last > 0).map((s) => ({ name: s.state, value: s.last, says: `${whole(s.last)}: ${s.outcomes.map((o) => `${whole(o.count)} ${spoken(o.outcome)}`).join(", ")}` }))} />
            </Figure>
          </div>
        </div>
      )}
    </div>
  );
}
