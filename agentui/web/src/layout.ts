// Where the states and ways of a flow stand in its picture.
import { Graph, layout } from "@dagrejs/dagre";
import { t } from "./t";
import type { Graph as Flow, GraphEdge, GraphNode } from "./console-wire";

export interface Placed {
  node: GraphNode;
  x: number; // of its middle
  y: number;
  width: number;
  height: number;
  title: string;
  lines: string[];
}

export interface Drawn {
  edge: GraphEdge;
  path: string;
  x: number; // of its label's middle
  y: number;
  width: number;
  lines: string[];
}

export interface Picture {
  width: number;
  height: number;
  nodes: Placed[];
  edges: Drawn[];
}

// Characters that fit a line, by the widths of the stylesheet's sizes.
const nodeWidth = 184;
const titleChars = 23;
const lineChars = 28;
const labelChars = 22;
const labelLines = 3;
const line = 15;
const margin = 16;

export const cut = (text: string, most: number) => ([...text].length > most ? [...text].slice(0, most - 1).join("").trimEnd() + "…" : text);

// wrapped breaks a text between words into so many lines at most.
export function wrapped(text: string, chars: number, most: number): string[] {
  const lines: string[] = [];
  let rest = text.trim();
  while (rest !== "" && lines.length < most) {
    if (rest.length <= chars || lines.length === most - 1) {
      lines.push(cut(rest, chars));
      break;
    }
    const at = rest.lastIndexOf(" ", chars);
    const end = at > chars / 3 ? at : chars;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return lines;
}

function labels(e: GraphEdge): string[] {
  const all = e.label === "" ? [] : e.label.split("\n");
  const some = all.slice(0, labelLines).map((l) => cut(l, labelChars));
  return all.length > labelLines ? [...some.slice(0, -1), t("and_more", { n: all.length - labelLines + 1 })] : some;
}

// curve goes through the points with rounded corners.
function curve(points: { x: number; y: number }[]): string {
  const at = (i: number) => points[i]!;
  let d = `M${at(0).x} ${at(0).y}`;
  for (let i = 1; i < points.length - 1; i++) {
    const next = at(i + 1);
    const end = i === points.length - 2 ? next : { x: (at(i).x + next.x) / 2, y: (at(i).y + next.y) / 2 };
    d += ` Q${at(i).x} ${at(i).y} ${end.x} ${end.y}`;
  }
  return points.length === 2 ? `${d} L${at(1).x} ${at(1).y}` : d;
}

export function place(flow: Flow): Picture {
  const g = new Graph({ multigraph: true });
  g.setGraph({ rankdir: "TB", nodesep: 20, ranksep: 32, edgesep: 16, marginx: margin, marginy: margin });
  g.setDefaultEdgeLabel(() => ({}));
  const texts = new Map<string, { title: string; lines: string[] }>();
  for (const n of flow.nodes) {
    const [name, caption] = n.label.split("\n");
    const lines = [...(caption ? [cut(caption, lineChars)] : []), ...wrapped(n.says ?? "", lineChars, 3)];
    texts.set(n.id, { title: cut(name ?? "", titleChars), lines });
    const small = n.kind === "start" || n.kind === "any";
    g.setNode(n.id, { width: small ? 120 : nodeWidth, height: small ? 34 : 36 + lines.length * line + (lines.length > 0 ? 6 : 0) });
  }
  for (const [i, e] of flow.edges.entries()) {
    const some = labels(e);
    g.setEdge(e.from, e.to, { width: Math.max(0, ...some.map((l) => l.length)) * 6.2 + (some.length > 0 ? 12 : 0), height: some.length * line + (some.length > 0 ? 6 : 0), labelpos: "c" }, String(i));
  }
  layout(g);
  const { width = 0, height = 0 } = g.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    nodes: flow.nodes.map((node) => {
      const at = g.node(node.id) as { x: number; y: number; width: number; height: number };
      return { node, x: at.x, y: at.y, width: at.width, height: at.height, ...texts.get(node.id)! };
    }),
    edges: flow.edges.map((edge, i) => {
      const at = g.edge({ v: edge.from, w: edge.to, name: String(i) }) as { points: { x: number; y: number }[]; x?: number; y?: number; width?: number };
      return { edge, path: curve(at.points), x: at.x ?? 0, y: at.y ?? 0, width: at.width ?? 0, lines: labels(edge) };
    }),
  };
}
