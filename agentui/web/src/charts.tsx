// Bars, columns and lines, each of which is a table too.
import { createContext } from "preact";
import type { ComponentChildren } from "preact";
import { useContext, useState } from "preact/hooks";
import { t } from "./t";

const AsTable = createContext(false);

export function Figure({ title, hint, children }: { title: string; hint: string; children: ComponentChildren }) {
  const [table, setTable] = useState(false);
  return (
    <section class="card" aria-label={title}>
      <header>
        <div>
          <h3>{title}</h3>
          <p class="faint">{hint}</p>
        </div>
        <button type="button" class="plain small" aria-pressed={table} aria-label={t("table_of", { title })} onClick={() => setTable(!table)}>
          {t("table")}
        </button>
      </header>
      <AsTable.Provider value={table}>{children}</AsTable.Provider>
    </section>
  );
}

const Nothing = () => <p class="nothing faint">{t("nothing_in_time")}</p>;

function Table({ name, heads, rows }: { name: string; heads: string[]; rows: string[][] }) {
  return (
    <div class="scroll" tabindex={0} role="region" aria-label={t("table_named", { name })}>
      <table>
        <thead>
          <tr>
            {heads.map((h, i) => (
              <th key={h} scope="col" class={i > 0 ? "num" : ""}>
                {h}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((r, k) => (
            <tr key={k}>
              {r.map((v, i) => (i === 0 ? <th key={i} scope="row">{v}</th> : <td key={i} class="num">{v}</td>))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export interface Bar {
  name: string;
  value: number;
  of?: number; // how much it could be: a track behind the bar
  says: string; // the value in words, beside the bar
  group?: string;
}

// Bars lie on their side, so that names have room; the value stands in words beside each.
export function Bars({ name, unit, rows }: { name: string; unit: string; rows: Bar[] }) {
  const most = Math.max(1, ...rows.map((r) => r.of ?? r.value));
  const what = t("unit_by", { unit, name: name.toLowerCase() });
  if (rows.length === 0) return <Nothing />;
  if (useContext(AsTable)) return <Table name={what} heads={[name, unit]} rows={rows.map((r) => [r.group ? `${r.group}: ${r.name}` : r.name, r.says])} />;
  const long = rows.length > 10;
  return (
    <div class={long ? "scroll" : ""} {...(long ? { tabIndex: 0, role: "region", "aria-label": what } : {})}>
      <ul class="bars">
        {rows.map((r, i) => (
          <li key={`${r.group} ${r.name}`}>
            {r.group && r.group !== rows[i - 1]?.group && <h4>{r.group}</h4>}
            <p>
              <span>{r.name}</span> <b class="number">{r.says}</b>
            </p>
            <svg width="100%" height="10" aria-hidden="true">
              <rect class="track" width={`${(100 * (r.of ?? most)) / most}%`} height="10" rx="5" />
              <rect class="bar" width={`${(100 * r.value) / most}%`} height="10" rx="5" />
            </svg>
          </li>
        ))}
      </ul>
    </div>
  );
}

export interface Point {
  at: number;
  name: string; // on the axis
  long: string; // in words
  values: number[];
}

// top is the least round number that is not below a value; of durations, as clocks are round.
function top(most: number, durations: boolean): number {
  const minute = 60_000;
  const round = durations ? [10_000, 30_000, ...[1, 2, 4, 10, 20, 30, 60, 120, 240, 480, 720, 1440].map((n) => n * minute)].find((n) => n >= most) : undefined;
  if (round !== undefined) return round;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= most) ?? most;
}

const height = 150;
const foot = 22;

// Plot draws columns of counts, or lines of durations, over time. One stop of the Tab
// key: arrows go from one moment to the next, and what it is stands above in words.
export function Plot({ name, series, points, says, lines, axis }: { name: string; series: string[]; points: Point[]; says: (v: number) => string; lines?: boolean; axis: (v: number) => string }) {
  const [on, setOn] = useState(-1);
  const table = useContext(AsTable);
  if (points.every((p) => p.values.every((v) => v === 0))) return <Nothing />;
  if (table) return <Table name={name} heads={[t("when"), ...series]} rows={points.map((p) => [p.long, ...p.values.map(says)])} />;
  const most = top(Math.max(1, ...points.flatMap((p) => p.values)), lines === true);
  const y = (v: number) => height - (v / most) * height;
  const x = (i: number) => (100 * (i + 0.5)) / points.length;
  const every = Math.ceil(points.length / 8);
  const told = (p: Point) => `${p.long}: ${p.values.map((v, k) => (series.length > 1 ? `${series[k]} ${says(v)}` : says(v))).join(", ")}`;
  const focus = (i: number) => (document.querySelector(`[data-plot="${name}"] [data-i="${i}"]`) as SVGElement | null)?.focus();
  const keys = (e: KeyboardEvent, i: number) => {
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: points.length - 1 }[e.key];
    if (to === undefined || to < 0 || to >= points.length) return;
    e.preventDefault();
    e.stopPropagation();
    focus(to);
  };
  const shown = points[on];
  return (
    <div class="plot" data-plot={name}>
      <p class="tip">
        {shown ? (
          told(shown)
        ) : (
          <span class="legend">
            {series.map((s, k) => (
              <span key={s} class={`key k${k}`}>
                {s}
              </span>
            ))}
          </span>
        )}
      </p>
      <div class="axes">
        <div class="scale" aria-hidden="true">
          {[most, most / 2, 0].map((v) => (
            <span key={v}>{axis(v)}</span>
          ))}
        </div>
        <svg width="100%" height={height + foot} role="group" aria-label={t("arrows", { name })} onMouseLeave={() => setOn(-1)}>
          {[0, 0.5, 1].map((f) => (
            <line key={f} class="grid" x1="0" x2="100%" y1={height * f + 0.5} y2={height * f + 0.5} />
          ))}
          {!lines && points.map((p, i) => <rect key={p.at} class={on === i ? "bar on" : "bar"} x={`${x(i) - 36 / points.length}%`} width={`${72 / points.length}%`} y={y(p.values[0] ?? 0)} height={height - y(p.values[0] ?? 0)} rx="2" />)}
          {lines &&
            series.map((s, k) => (
              <svg key={s} width="100%" height={height} viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" overflow="visible">
                <polyline class={`line k${k}`} points={points.map((p, i) => `${x(i)},${y(p.values[k] ?? 0)}`).join(" ")} vector-effect="non-scaling-stroke" />
              </svg>
            ))}
          {lines && points.map((p, i) => p.values.map((v, k) => (k === 0 ? <circle key={`${i} ${k}`} class={`dot k${k}`} cx={`${x(i)}%`} cy={y(v)} r={on === i ? 5 : 3.5} /> : <circle key={`${i} ${k}`} class={`dot k${k}`} cx={`${x(i)}%`} cy={y(v)} r={on === i ? 6 : 4} />)))}
          {points.map((p, i) => (
            <g key={p.at} data-i={i} role="img" tabindex={i === (on < 0 ? points.length - 1 : on) ? 0 : -1} aria-label={told(p)} onFocus={() => setOn(i)} onBlur={() => setOn(-1)} onMouseEnter={() => setOn(i)} onKeyDown={(e) => keys(e, i)}>
              <rect class="hit" x={`${(100 * i) / points.length}%`} width={`${100 / points.length}%`} y="0" height={height} />
            </g>
          ))}
          {points.map((p, i) =>
            (points.length - 1 - i) % every === 0 ? (
              <text key={p.at} x={`${x(i)}%`} y={height + 16} text-anchor="middle">
                {p.name}
              </text>
            ) : null,
          )}
        </svg>
      </div>
    </div>
  );
}
