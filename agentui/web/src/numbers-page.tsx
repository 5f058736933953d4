// For leads: what waits, how fast people answer, and what flows and codes come to.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Bars, Figure, Plot } from "./charts";
import type { Point } from "./charts";
import { now, read } from "./desk";
import { briefly, onDay, spread } from "./days";
import { Ranges, asked, range, share, spoken, took, whole } from "./ranges";
import { because, time } from "./words";
import type { Numbers } from "./console-wire";

const numbers = signal<Numbers | null>(null);

async function load() {
  const days = range.value;
  const n = await read<Numbers>(`numbers?${asked()}`);
  if (n !== null && range.value === days) numbers.value = n;
}

const again = 10_000; // ms between two looks

// noon is well within a day, also where the clock was changed.
const noon = 12 * 3_600_000;

function Tile({ name, value, more }: { name: string; value: string; more: string }) {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong> <span class="faint">{more}</span>
      </dd>
    </div>
  );
}

function Tiles({ n }: { n: Numbers }) {
  const waiting = n.waiting.reduce((sum, w) => sum + w.count, 0);
  const since = Math.min(...n.waiting.map((w) => w.since ?? Infinity));
  const handed = n.handovers.filter((h) => h.reason !== "taken").reduce((sum, h) => sum + h.count, 0);
  return (
    <dl class="tiles">
      <Tile name="Waiting now" value={whole(waiting)} more={waiting === 0 ? "nobody waits" : n.waiting.length > 1 ? `in ${n.waiting.length} queues` : "in one queue"} />
      <Tile name="Longest wait" value={Number.isFinite(since) ? took(Math.max(0, now.value - since)) : "–"} more={Number.isFinite(since) ? "for a word" : "nobody waits for a word"} />
      <Tile name="First response" value={n.response.answered > 0 ? took(n.response.median) : "–"} more={n.response.answered > 0 ? "half were faster" : "nobody was answered"} />
      <Tile name="Nine of ten within" value={n.response.answered > 0 ? took(n.response.p90) : "–"} more={`${whole(n.response.answered)} of ${whole(handed)} answered`} />
    </dl>
  );
}

export function NumbersPage() {
  const days = range.value;
  useEffect(() => {
    void load();
    const timer = window.setInterval(() => document.visibilityState === "visible" && void load(), again);
    return () => clearInterval(timer);
  }, [days]);
  const n = numbers.value;
  return (
    <div class="sheetwide">
      <header class="heading">
        <h2>Numbers</h2>
        <p class="faint">{n && `counted at ${time(n.at)}`}</p>
        <Ranges />
      </header>
      {n === null ? <p class="faint" role="status">Reading …</p> : <Cards n={n} days={days} />}
    </div>
  );
}

function Cards({ n, days }: { n: Numbers; days: number }) {
  const responses: Point[] = n.days.map((d) => ({ at: d.at, name: briefly(d.at + noon), long: onDay(d.at + noon), values: [d.median, d.p90] }));
  return (
    <>
      <Tiles n={n} />
      <div class="cards">
        <Figure title="Waiting by queue" hint="Now, whatever the time above">
          <Bars name="Queue" unit="Waiting" rows={n.waiting.map((w) => ({ name: w.queue || "no queue named", value: w.count, says: `${whole(w.count)}${w.since ? ` · longest ${took(Math.max(0, now.value - w.since))}` : ""}` }))} />
        </Figure>
        <Figure title="First response by day" hint="From the handover to a person’s first word, by the clock">
          <Plot name="First response by day" series={["Median", "Nine of ten"]} points={responses} says={took} axis={(v) => (v === 0 ? "0" : took(v))} lines />
        </Figure>
        <Figure title="Handovers by reason" hint="Why people were asked for">
          <Bars name="Reason" unit="Handovers" rows={n.handovers.map((h) => ({ name: because(h.reason), value: h.count, says: `${whole(h.count)} · ${whole(h.answered)} answered` }))} />
        </Figure>
        <Figure title="Outcomes by flow" hint="What runs that ended in this time came to">
          <Bars name="Flow" unit="Runs" rows={n.outcomes.map((o) => ({ group: o.flow, name: spoken(o.outcome), value: o.count, says: whole(o.count) }))} />
        </Figure>
        <Figure title="Codes approved" hint={n.codes_from > n.from ? `Of those sent since ${onDay(n.codes_from)}: codes are kept no longer` : "Of those sent, by purpose"}>
          <Bars name="Purpose" unit="Approved of sent" rows={n.codes.map((c) => ({ name: spoken(c.purpose), value: c.approved, of: c.sent, says: `${whole(c.approved)} of ${whole(c.sent)} · ${share(c.approved, c.sent)}` }))} />
        </Figure>
        <Figure title={days === 1 ? "Opt-outs by hour" : "Opt-outs by day"} hint="Who said STOP and has not come back">
          <Plot name="Opt-outs" series={["Opt-outs"]} points={spread(n.opt_outs, days)} says={whole} axis={(v) => (Number.isInteger(v) ? whole(v) : "")} />
        </Figure>
      </div>
    </>
  );
}
