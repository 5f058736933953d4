// For leads: what waits, how fast people answer, and what flows and codes come to.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Bars, Figure, Plot } from "./charts";
import type { Point } from "./charts";
import { now, read } from "./desk";
import { briefly, onDay, spread } from "./days";
import { Ranges, asked, range, share, spoken, took, whole } from "./ranges";
import { t } from "./t";
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
  const handed = n.handovers.filter((h) => h.reason !== "taken" && h.reason !== "begun").reduce((sum, h) => sum + h.count, 0);
  return (
    <dl class="tiles">
      <Tile name={t("waiting_now")} value={whole(waiting)} more={waiting === 0 ? t("nobody_waits") : t("in_queues", { n: n.waiting.length })} />
      <Tile name={t("longest_wait")} value={Number.isFinite(since) ? took(Math.max(0, now.value - since)) : "–"} more={Number.isFinite(since) ? t("for_a_word") : t("nobody_for_word")} />
      <Tile name={t("first_response")} value={n.response.answered > 0 ? took(n.response.median) : "–"} more={n.response.answered > 0 ? t("half_faster") : t("nobody_answered")} />
      <Tile name={t("nine_within")} value={n.response.answered > 0 ? took(n.response.p90) : "–"} more={t("answered_of", { n: n.response.answered, of: handed })} />
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
        <h2>{t("numbers")}</h2>
        <p class="faint">{n && t("counted_at", { when: time(n.at) })}</p>
        <Ranges />
      </header>
      {n === null ? <p class="faint" role="status">{t("reading")}</p> : <Cards n={n} days={days} />}
    </div>
  );
}

function Cards({ n, days }: { n: Numbers; days: number }) {
  const responses: Point[] = n.days.map((d) => ({ at: d.at, name: briefly(d.at + noon), long: onDay(d.at + noon), values: [d.median, d.p90] }));
  return (
    <>
      <Tiles n={n} />
      <div class="cards">
        <Figure title={t("waiting_by_queue")} hint={t("waiting_hint")}>
          <Bars name={t("queue")} unit={t("waiting")} rows={n.waiting.map((w) => ({ name: w.queue || t("no_queue"), value: w.count, says: `${whole(w.count)}${w.since ? ` · ${t("longest", { span: took(Math.max(0, now.value - w.since)) })}` : ""}` }))} />
        </Figure>
        <Figure title={t("response_by_day")} hint={t("response_hint")}>
          <Plot name={t("response_by_day")} series={[t("median"), t("nine_of_ten")]} points={responses} says={took} axis={(v) => (v === 0 ? "0" : took(v))} lines />
        </Figure>
        <Figure title={t("handovers_by_reason")} hint={t("handovers_hint")}>
          <Bars name={t("reason")} unit={t("handovers")} rows={n.handovers.map((h) => ({ name: because(h.reason), value: h.count, says: `${whole(h.count)} · ${t("answered", { n: h.answered })}` }))} />
        </Figure>
        <Figure title={t("outcomes_by_flow")} hint={t("outcomes_flow_hint")}>
          <Bars name={t("flow")} unit={t("runs")} rows={n.outcomes.map((o) => ({ group: o.flow, name: spoken(o.outcome), value: o.count, says: whole(o.count) }))} />
        </Figure>
        <Figure title={t("codes")} hint={n.codes_from > n.from ? t("codes_since", { day: onDay(n.codes_from) }) : t("codes_hint")}>
          <Bars name={t("purpose")} unit={t("approved_of")} rows={n.codes.map((c) => ({ name: spoken(c.purpose), value: c.approved, of: c.sent, says: `${t("n_of", { n: c.approved, of: c.sent })} · ${share(c.approved, c.sent)}` }))} />
        </Figure>
        <Figure title={days === 1 ? t("opt_outs_hourly") : t("opt_outs_daily")} hint={t("opt_outs_hint")}>
          <Plot name={t("opt_outs")} series={[t("opt_outs")]} points={spread(n.opt_outs, days)} says={whole} axis={(v) => (Number.isInteger(v) ? whole(v) : "")} />
        </Figure>
      </div>
    </>
  );
}
