// Beside a conversation: the flow that the bot is in with the customer, and where.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { read, thread } from "./desk";
import { Icon } from "./icons";
import { Picture } from "./picture";
import { picture } from "./places";
import { rich, t as say } from "./t";
import type { Pictures } from "./console-wire";

const runs = signal<{ of: string; all: Pictures["runs"] } | null>(null);
const chosen = signal("");

async function load(id: string) {
  const all = await read<Pictures>(`conversations/${encodeURIComponent(id)}/flows`);
  if (all !== null && thread.value?.id === id) runs.value = { of: id, all: all.runs };
}

export function FlowPane() {
  const t = thread.value;
  useEffect(() => void (t !== null && load(t.id)), [t?.id, t?.rev]);
  if (t === null) return null;
  const all = runs.value?.of === t.id ? runs.value.all : null;
  const run = all?.find((r) => r.run === chosen.value) ?? all?.find((r) => r.run === t.handoff?.run) ?? all?.[0];
  return (
    <aside class="aside flow" aria-label={say("bots_flow")}>
      <header>
        <h3>{say("bots_flow")}</h3>
        <button type="button" class="plain square" aria-label={say("close")} onClick={() => (picture.value = false)}>
          <Icon name="close" />
        </button>
      </header>
      {all === null && <p class="faint" role="status">{say("reading")}</p>}
      {all?.length === 0 && <p class="faint">{say("in_no_flow")}</p>}
      {all !== null && all.length > 1 && (
        <label class="field">
          {say("of_under_way", { n: all.length })}
          <select value={run?.run} onChange={(e) => (chosen.value = e.currentTarget.value)}>
            {all.map((r) => (
              <option key={r.run} value={r.run}>
                {r.graph.title || r.graph.name}
              </option>
            ))}
          </select>
        </label>
      )}
      {run && (
        <>
          <h4>{run.graph.title || run.graph.name}</h4>
          <p class="faint">
            {rich(t.owner === "bot" ? "run_at" : "run_still", { state: <code>{run.at}</code>, n: run.been.length })}
          </p>
          <Picture key={run.run} graph={run.graph} at={run.at} been={run.been} />
        </>
      )}
    </aside>
  );
}
