// A flow as a picture, and the same as a table: states, ways between them, where a run is
// and has been, and (for leads) how many came there.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { cut, place } from "./layout";
import { share, spoken, whole } from "./ranges";
import { rich, t } from "./t";
import type { Graph, GraphNode, StateCount } from "./console-wire";
import type { Drawn, Placed } from "./layout";

export interface Shown {
  graph: Graph;
  at?: string; // the state in which the run is
  been?: string[];
  runs?: number;
  counts?: StateCount[];
}

const kinds: Record<GraphNode["kind"], string> = { start: "", any: "", question: t("kind.question"), parked: t("kind.parked"), handoff: t("kind.handoff"), end: t("kind.end"), plain: t("kind.plain") };

const named = (n: GraphNode) => n.state ?? n.label;
const counted = (s: Shown, n: GraphNode) => s.counts?.find((c) => c.state === n.state);

// stands says where the run is with a state.
function stands(s: Shown, n: GraphNode): "here" | "been" | "" {
  if (n.state === undefined) return "";
  if (n.state === s.at) return "here";
  return s.been?.includes(n.state) ? "been" : "";
}

// visit is the how manieth state it was on the way.
const visit = (s: Shown, n: GraphNode) => (s.been ?? []).indexOf(n.state ?? "") + 1;

// ends says what the runs that ended in a state came to.
const ends = (c: StateCount) => c.outcomes.map((o) => `${whole(o.count)} ${spoken(o.outcome)}`).join(", ");

// gone says whether the run went from one state straight to the other, as far as the order
// of first visits tells.
function gone(s: Shown, from: GraphNode | undefined, to: GraphNode | undefined): boolean {
  const been = s.been ?? [];
  const i = been.indexOf(to?.state ?? "");
  return i === 0 ? from?.kind === "start" : i > 0 && been[i - 1] === from?.state;
}

// told is what a state's own texts leave out or cut short, for whoever does not see it.
function told(s: Shown, n: GraphNode): string {
  const c = counted(s, n);
  return [
    `${named(n)}${kinds[n.kind] && `, ${kinds[n.kind]}`}`,
    { here: t("run_here"), been: t("run_been", { n: visit(s, n) }), "": "" }[stands(s, n)],
    c ? t("came_here", { n: c.reached }) : "",
    n.says ?? "",
  ]
    .filter((part) => part !== "")
    .join(". ");
}

function Way({ d, taken }: { d: Drawn; taken: boolean }) {
  const top = d.y - (d.lines.length * 15) / 2;
  return (
    <g class={taken ? "way taken" : "way"}>
      <path d={d.path} marker-end={taken ? "url(#tip-taken)" : "url(#tip)"} />
      {d.lines.length > 0 && <rect x={d.x - d.width / 2} y={top - 3} width={d.width} height={d.lines.length * 15 + 6} rx="6" />}
      {d.lines.map((l, i) => (
        <text key={i} x={d.x} y={top + 11 + i * 15} text-anchor="middle">
          {l}
        </text>
      ))}
    </g>
  );
}

function Node({ p, s, chosen, first, pick, step }: { p: Placed; s: Shown; chosen: boolean; first: boolean; pick: () => void; step: (by: number) => void }) {
  const n = p.node;
  const left = p.x - p.width / 2;
  const top = p.y - p.height / 2;
  const where = stands(s, n);
  const c = counted(s, n);
  const round = n.kind === "end" || n.kind === "start" || n.kind === "any" ? 17 : 9;
  const mark = c ? `${whole(c.reached)} · ${share(c.reached, s.runs ?? 0)}` : where === "here" ? `● ${t("here")}` : where === "been" ? `✓ ${whole(visit(s, n))}` : kinds[n.kind];
  const keys = (e: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[e.key];
    if (by !== undefined) step(by);
    else if (e.key === "Enter" || e.key === " ") pick();
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <g id={`state-${n.id}`} class={`node ${n.kind} ${where}`} role="button" tabindex={chosen || first ? 0 : -1} aria-pressed={chosen} aria-current={where === "here" ? "step" : undefined} aria-description={told(s, n)} onClick={pick} onKeyDown={keys}>
      <rect x={left} y={top} width={p.width} height={p.height} rx={round} />
      {n.kind === "handoff" && <rect class="inner" x={left + 3} y={top + 3} width={p.width - 6} height={p.height - 6} rx={round - 3} />}
      {n.state === undefined ? (
        <text class="name" x={p.x} y={p.y + 4} text-anchor="middle">
          {p.title}
        </text>
      ) : (
        <>
          <text class="name" x={left + 13} y={top + 23}>
            {cut(p.title, 24 - mark.length)}
          </text>
          <text class="mark" x={left + p.width - 12} y={top + 23} text-anchor="end">
            {mark}
          </text>
          {p.lines.map((l, i) => (
            <text key={i} x={left + 13} y={top + 41 + i * 15}>
              {l}
            </text>
          ))}
        </>
      )}
    </g>
  );
}

// ways are those that lead out of a state, in words.
const ways = (g: Graph, id: string) => g.edges.filter((e) => e.from === id).map((e) => ({ to: g.nodes.find((n) => n.id === e.to)!, by: e.label.replaceAll("\n", ", ") }));

function Details({ s, n }: { s: Shown; n: GraphNode }) {
  const c = counted(s, n);
  const out = ways(s.graph, n.id);
  return (
    <section class="picked" aria-label={t("chosen_state")} aria-live="polite">
      <h4>
        {named(n)} <span class="faint">{kinds[n.kind]}</span>
      </h4>
      {n.says && <p class="quote">{n.says}</p>}
      {c && (
        <p>
          {rich("of_came", { n: <b>{whole(c.reached)}</b>, of: s.runs ?? 0, share: share(c.reached, s.runs ?? 0) })}
          {c.last > 0 && `; ${t("last_for", { n: c.last, outcomes: ends(c) })}`}
        </p>
      )}
      {out.length > 0 && (
        <ul class="plainlist">
          {out.map((w) => (
            <li key={w.to.id}>
              {w.by && <span class="faint">{w.by} </span>}→ <b>{named(w.to)}</b>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Table({ s }: { s: Shown }) {
  const lost = (s.counts ?? []).filter((c) => c.gone);
  return (
    <div class="scroll" tabindex={0} role="region" aria-label={t("states_table")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("state")}</th>
            {s.counts && <th scope="col" class="num">{t("came")}</th>}
            {s.counts && <th scope="col">{t("last_question")}</th>}
            <th scope="col">{t("says_leads")}</th>
          </tr>
        </thead>
        <tbody>
          {s.graph.nodes.map((n) => {
            const c = counted(s, n);
            const where = stands(s, n);
            return (
              <tr key={n.id} class={where} aria-current={where === "here" ? "step" : undefined}>
                <th scope="row">
                  {named(n)} <small class="faint">{kinds[n.kind]}</small>
                  {where === "here" && <b class="where">● {t("run_here")}</b>}
                  {where === "been" && <span class="where">✓ {t("on_way", { n: visit(s, n) })}</span>}
                </th>
                {s.counts && <td class="num">{c ? `${whole(c.reached)} (${share(c.reached, s.runs ?? 0)})` : ""}</td>}
                {s.counts && <td>{c && c.last > 0 ? `${whole(c.last)}: ${ends(c)}` : ""}</td>}
                <td>
                  {n.says && <p>{n.says}</p>}
                  {ways(s.graph, n.id).map((w) => (
                    <p key={w.to.id} class="faint">
                      {w.by} → {named(w.to)}
                    </p>
                  ))}
                </td>
              </tr>
            );
          })}
          {lost.map((c) => (
            <tr key={c.state}>
              <th scope="row">{c.state}</th>
              <td class="num">{`${whole(c.reached)} (${share(c.reached, s.runs ?? 0)})`}</td>
              <td>{c.last > 0 ? whole(c.last) : ""}</td>
              <td class="faint">{t("other_version")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const zooms = [0.5, 0.65, 0.8, 1, 1.25, 1.5];

// Picture draws it. What stands on the screen first is where the run is.
export function Picture(s: Shown) {
  const p = useMemo(() => place(s.graph), [s.graph]);
  const [table, setTable] = useState(false);
  const [zoom, setZoom] = useState(1);
  const [chosen, choose] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const live = s.graph.nodes.find((n) => n.state === s.at)?.id ?? "";
  useEffect(() => choose(""), [s.graph.name]);
  useEffect(() => {
    const room = (box.current?.clientWidth ?? p.width) / p.width;
    setZoom([...zooms].reverse().find((z) => z <= Math.max(0.8, Math.min(1, room))) ?? 0.8);
  }, [p]);
  useEffect(() => {
    const at = p.nodes.find((n) => n.node.id === live);
    const b = box.current;
    if (b !== null && at !== undefined) b.scrollTo(at.x * zoom - b.clientWidth / 2, at.y * zoom - b.clientHeight / 2);
  }, [p, live, zoom, table]);
  const step = (by: number) => {
    const i = s.graph.nodes.findIndex((n) => n.id === (document.activeElement?.id ?? "").replace("state-", ""));
    const next = s.graph.nodes[Math.max(0, Math.min(s.graph.nodes.length - 1, i + by))];
    if (next === undefined) return;
    choose(next.id);
    document.getElementById(`state-${next.id}`)?.focus();
  };
  const by = (id: string) => s.graph.nodes.find((n) => n.id === id);
  const i = zooms.indexOf(zoom);
  const picked = by(chosen);
  return (
    <>
      <div class="tools" role="toolbar" aria-label={t("the_picture")}>
        <button type="button" class="plain small" aria-pressed={table} onClick={() => setTable(!table)}>
          {t("table")}
        </button>
        {!table && (
          <>
            <button type="button" class="plain small" aria-label={t("smaller")} disabled={i <= 0} onClick={() => setZoom(zooms[i - 1]!)}>
              −
            </button>
            <span class="number faint" role="status">{share(zoom, 1)}</span>
            <button type="button" class="plain small" aria-label={t("larger")} disabled={i >= zooms.length - 1} onClick={() => setZoom(zooms[i + 1]!)}>
              +
            </button>
          </>
        )}
      </div>
      {table ? (
        <Table s={s} />
      ) : (
        <>
          <div class="canvas" ref={box} tabindex={0} role="region" aria-label={t("picture_of", { name: s.graph.title || s.graph.name })}>
            <svg width={p.width * zoom} height={p.height * zoom} viewBox={`0 0 ${p.width} ${p.height}`} role="group" aria-label={t("arrows", { name: t("states") })}>
              <defs>
                {["tip", "tip-taken"].map((id) => (
                  <marker key={id} id={id} viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto-start-reverse">
                    <path class={id} d="M0 0 8 4 0 8z" />
                  </marker>
                ))}
              </defs>
              {p.edges.map((d) => (
                <Way key={`${d.edge.from} ${d.edge.to}`} d={d} taken={gone(s, by(d.edge.from), by(d.edge.to))} />
              ))}
              {p.nodes.map((n, at) => (
                <Node key={n.node.id} p={n} s={s} chosen={chosen === n.node.id} first={chosen === "" && (live === "" ? at === 0 : live === n.node.id)} pick={() => choose(n.node.id)} step={step} />
              ))}
            </svg>
          </div>
          {picked && <Details s={s} n={picked} />}
        </>
      )}
    </>
  );
}
