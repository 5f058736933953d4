// For leads: every flow, how far its runs came and what became of them.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Bars, Figure } from "./charts";
import { read } from "./desk";
import { Picture } from "./picture";
import { Ranges, asked, range, share, spoken, whole } from "./ranges";
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
        <h2>Flows</h2>
        <label class="choose">
          <span class="hidden">Flow</span>
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
      {names.value?.length === 0 && <p class="empty">No flow is loaded.</p>}
      {n === null ? (
        names.value?.length !== 0 && <p class="faint" role="status">Reading …</p>
      ) : (
        <div class="split">
          <section class="card drawing" aria-label="The flow">
            <h3>{n.graph.title || n.graph.name}</h3>
            <p class="faint">
              {n.runs === 0 ? "None of its runs ended in this time." : `${whole(n.runs)} ${n.runs === 1 ? "run" : "runs"} ended in this time. Each state says how many came there.`}
              {n.part && " There are more ways than are counted: this is the most of them."}
            </p>
            <Picture key={n.graph.name} graph={n.graph} runs={n.runs} counts={n.states} />
          </section>
          <div class="stack">
            <Figure title="Outcomes" hint="What its runs came to">
              <Bars name="Outcome" unit="Runs" rows={n.outcomes.map((o) => ({ name: spoken(o.outcome), value: o.count, says: `${whole(o.count)} · ${share(o.count, n.runs)}` }))} />
            </Figure>
            <Figure title="Where it ended" hint="The last question of each run">
              <Bars name="State" unit="Runs" rows={n.states.filter((s) => s.last > 0).map((s) => ({ name: s.state, value: s.last, says: `${whole(s.last)}: ${s.outcomes.map((o) => `${whole(o.count)} ${spoken(o.outcome)}`).join(", ")}` }))} />
            </Figure>
          </div>
        </div>
      )}
    </div>
  );
}
