package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"parley/conversation/classify"
	"parley/flows"
)

// intentsCommand is for those who write intents.
type intentsCommand struct {
	Test  intentsTest  `cmd:"" help:"Say how well labelled texts are understood by the intents of a flow or of an intents file."`
	Learn intentsLearn `cmd:"" help:"Propose keywords and examples from the texts that agents have labelled."`
}

// intentsTest reads labelled texts and counts.
type intentsTest struct {
	File     string `arg:"" help:"Lines of text<TAB>intent; - reads standard input. A label that is none of the intents means something else."`
	Flow     string `xor:"of" required:"" help:"The flow whose intents are meant: its name or its file."`
	State    string `help:"Only what this state of the flow listens for."`
	Intents  string `xor:"of" required:"" placeholder:"FILE" help:"An intents file (intents.yaml) instead of a flow."`
	Language string `name:"lang" default:"en" help:"What the texts are written in."`
	Worst    int    `default:"10" help:"How many of the worst mistakes to show."`
	LLM      bool   `name:"llm" help:"Ask the configuration's LLM about texts that nothing else reads, as a server would; its prices and daily limits hold for this run."`
}

// Run prints what was counted.
func (c *intentsTest) Run(ctx context.Context, p *Program, all *commands) error {
	listening, err := c.listening()
	if err != nil {
		return err
	}
	rows, err := c.rows(p)
	if err != nil {
		return err
	}
	read := make([]flows.Understood, len(rows))
	for i, r := range rows {
		read[i] = listening.Read(classify.Reader{}, r.text, c.Language)
	}
	t := newTally(listening)
	if c.LLM {
		if t.llm, err = c.ask(ctx, p, all, listening, rows, read); err != nil {
			return err
		}
	}
	for i, r := range rows {
		t.add(r.text, r.label, read[i])
	}
	t.print(p.Out, c.Worst)
	return nil
}

func (c *intentsTest) listening() (*flows.Listening, error) {
	if c.Intents != "" {
		if c.State != "" {
			return nil, errors.New("--state is a state of a flow: give --flow, or leave it out")
		}
		return flows.LoadListening(c.Intents)
	}
	_, f, err := flowNamed(c.Flow)
	if err != nil {
		return nil, err
	}
	return f.Listening(c.State)
}

// labelled is one text and what it means.
type labelled struct{ text, label string }

func (c *intentsTest) rows(p *Program) ([]labelled, error) {
	in := p.In
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	var rows []labelled
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), "\r")
		if line == "" {
			continue
		}
		text, label, ok := strings.Cut(line, "\t")
		if !ok {
			return nil, fmt.Errorf("%s:%d: no tab: a line is text<TAB>intent", c.File, n)
		}
		label, _, _ = strings.Cut(label, "\t")
		rows = append(rows, labelled{text, label})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", c.File, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s has no texts", c.File)
	}
	return rows, nil
}
