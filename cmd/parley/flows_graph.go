package main

import (
	"fmt"
)

// flowsGraph draws a flow.
type flowsGraph struct {
	Flow   string `arg:"" help:"The flow's name, or its file."`
	Format string `enum:"mermaid,dot" default:"mermaid" help:"mermaid, or dot for Graphviz."`
}

// Run prints the diagram.
func (c *flowsGraph) Run(p *Program) error {
	_, f, err := flowNamed(c.Flow)
	if err != nil {
		return err
	}
	g := f.Graph()
	text := g.Mermaid()
	if c.Format == "dot" {
		text = g.DOT()
	}
	_, err = fmt.Fprint(p.Out, text)
	return err
}
