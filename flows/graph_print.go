package flows

import (
	"fmt"
	"strings"
)

// mermaidShapes are a kind's brackets in Mermaid's flowchart grammar.
var mermaidShapes = map[NodeKind][2]string{
	NodeStart:    {"((", "))"},
	NodeAny:      {">", "]"},
	NodeQuestion: {"{{", "}}"},
	NodeParked:   {"[/", "/]"},
	NodeHandoff:  {"[[", "]]"},
	NodeEnd:      {"([", "])"},
	NodePlain:    {"[", "]"},
}

// dotShapes are a kind's shapes in Graphviz.
var dotShapes = map[NodeKind]string{
	NodeStart:    "circle",
	NodeAny:      "cds",
	NodeQuestion: "hexagon",
	NodeParked:   "parallelogram",
	NodeHandoff:  "box3d",
	NodeEnd:      "ellipse",
	NodePlain:    "box",
}

// Mermaid writes the graph as a Mermaid flowchart.
func (g Graph) Mermaid() string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: %q\n---\nflowchart TD\n", g.Name+": "+g.Title)
	for _, n := range g.Nodes {
		shape := mermaidShapes[n.Kind]
		fmt.Fprintf(&b, "  %s%s\"%s\"%s\n", n.ID, shape[0], mermaidText(n.Label), shape[1])
	}
	for _, e := range g.Edges {
		if e.Label == "" {
			fmt.Fprintf(&b, "  %s --> %s\n", e.From, e.To)
			continue
		}
		fmt.Fprintf(&b, "  %s -->|\"%s\"| %s\n", e.From, mermaidText(e.Label), e.To)
	}
	return b.String()
}

// mermaidEscapes are the characters that mean something inside a quoted label, as
// Mermaid's entity codes.
var mermaidEscapes = strings.NewReplacer("#", "#35;", `"`, "#quot;", "&", "#amp;", "<", "#lt;", ">", "#gt;",
	"`", "#96;", `\`, "#92;", "\n", "<br>")

func mermaidText(s string) string { return mermaidEscapes.Replace(s) }

// DOT writes the graph in Graphviz's language.
func (g Graph) DOT() string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n  label=%s\n  labelloc=t\n  node [fontname=\"sans-serif\"]\n  edge [fontname=\"sans-serif\", fontsize=10]\n",
		dotText(g.Name), dotText(g.Name+": "+g.Title))
	for _, n := range g.Nodes {
		fmt.Fprintf(&b, "  %s [shape=%s, label=%s]\n", n.ID, dotShapes[n.Kind], dotText(n.Label))
	}
	for _, e := range g.Edges {
		if e.Label == "" {
			fmt.Fprintf(&b, "  %s -> %s\n", e.From, e.To)
			continue
		}
		fmt.Fprintf(&b, "  %s -> %s [label=%s]\n", e.From, e.To, dotText(e.Label))
	}
	b.WriteString("}\n")
	return b.String()
}

var dotEscapes = strings.NewReplacer(`"`, `\"`, `\`, `\\`, "\n", `\n`)

func dotText(s string) string { return `"` + dotEscapes.Replace(s) + `"` }
