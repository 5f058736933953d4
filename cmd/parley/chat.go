package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// chatCommand talks to a flow in the terminal, without network or database.
type chatCommand struct {
	flowArgs
	Language string `placeholder:"es" help:"The customer's language."`
	Why      bool   `help:"Also print why each text was read and sent as it was."`
}

// chatting is one talk under way.
type chatting struct {
	*conversation.Rehearsal
	p       *Program
	paint   paint
	library *flows.Library
	why     bool
	last    []conversation.Decision // of the last line that decided something
	over    bool
}

// Run plays until the input ends.
func (c *chatCommand) Run(p *Program) error {
	library, flow, given, err := c.open()
	if err != nil {
		return err
	}
	t := &chatting{Rehearsal: conversation.NewRehearsal(library, classify.Reader{}, flow.Name), p: p, paint: p.painter(), library: library, why: c.Why}
	t.Conversation.State.Language = c.Language
	fmt.Fprintf(p.Out, "%s: %s\nType as the customer. .help says what else there is; .quit or Ctrl-D ends.\n", flow.Name, flow.Title)
	data, made := flow.Samples(conversation.RehearsalStart(), given)
	if len(made) > 0 {
		fmt.Fprintln(p.Out, t.paint.in(faint, "made up: "+pairs(data, made)))
	}
	fmt.Fprintln(p.Out)
	if out := t.Start(data); out.Status != conversation.Applied {
		return fmt.Errorf("the flow does not start (its inputs are KEY=VALUE): %s", strings.Join(out.Problems, "; "))
	}
	return t.talk()
}

// talk reads and answers, line by line.
func (t *chatting) talk() error {
	t.print()
	in := bufio.NewScanner(t.p.In)
	in.Buffer(nil, 1<<20)
	for !t.over {
		if t.paint.on {
			fmt.Fprint(t.p.Out, "> ")
		}
		if !in.Scan() {
			break
		}
		if !t.paint.on { // so that what comes from elsewhere reads like a dialogue too
			fmt.Fprintf(t.p.Out, "> %s\n", strings.TrimSpace(in.Text()))
		}
		if err := t.heed(strings.TrimSpace(in.Text())); err != nil {
			fmt.Fprintln(t.p.Out, t.paint.in(red, "  "+err.Error()))
		}
		t.print()
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("reading what is typed: %w", err)
	}
	return nil
}

// chatCommands are what a line with a dot may ask for besides the lines of
// dialogues.
var chatCommands = map[string]struct {
	does string
	do   func(t *chatting, rest string) error
}{
	"state": {"where the conversation stands", (*chatting).state},
	"vars":  {"what the run remembers", (*chatting).vars},
	"why":   {"the last decisions", (*chatting).reasons},
	"lang":  {"the customer's language: .lang es", (*chatting).language},
	"quit":  {"end", func(t *chatting, _ string) error { t.over = true; return nil }},
}

const chatHelp = `  [photo a.jpg] text   a photo, with or without a text
  ~ 24h                time passes
  .event TYPE {…}      the business reports an event
  * take, * reply text, * return, * close   an agent acts
  @ at 2026-03-02T09:00                     the clock
`

// heed carries out one line. A dot before a line of a dialogue keeps it from being
// the customer's words.
func (t *chatting) heed(line string) error {
	if line == "" {
		return nil
	}
	if t.Awaited() != "" && line[0] != '.' {
		return t.step(line) // only call 200 {…} will do, and it says so
	}
	switch line[0] {
	case '.':
		name, rest, _ := strings.Cut(line[1:], " ")
		if name == "help" {
			t.help()
			return nil
		}
		if c, ok := chatCommands[name]; ok {
			return c.do(t, strings.TrimSpace(rest))
		}
		return t.step(line[1:])
	case '~', '*', '@':
		return t.step(line)
	case '!':
		return t.step("event " + strings.TrimSpace(line[1:]))
	}
	media, text := flows.Attachments(line)
	if out := t.Text(text, media); out.Status == conversation.Refused {
		return errors.New("refused: " + strings.Join(out.Problems, "; "))
	}
	return nil
}

// step carries out a line of a dialogue.
func (t *chatting) step(line string) error {
	s, err := flows.ParseStep(line)
	if err != nil {
		return err
	}
	switch s.Kind {
	case flows.StepBot, flows.StepCustomer, flows.StepEmitted, flows.StepState:
		return fmt.Errorf("nothing is expected here: .help says what there is")
	}
	return t.Do(s)
}

// print shows what came of it.
func (t *chatting) print() {
	for _, text := range t.Said() {
		fmt.Fprintf(t.p.Out, "< %s\n", strings.ReplaceAll(plainly(text), "\n", "\n  "))
	}
	for _, j := range t.Emitted() {
		fmt.Fprintln(t.p.Out, t.paint.in(faint, conversation.EmittedLine(j.Name, j.Data)))
	}
	if d := t.Decisions(); len(d) > 0 {
		t.last = d
		if t.why {
			_ = t.reasons("") // it cannot fail
		}
	}
	if host := t.Awaited(); host != "" {
		fmt.Fprintf(t.p.Out, "= a call to %s waits: answer it with call 200 {…}, call 404 or call failed\n", host)
	}
	if h := t.Conversation.State.Handoff; h != nil {
		fmt.Fprintln(t.p.Out, t.paint.in(green, fmt.Sprintf("= handoff %s (%s)", h.Queue, h.Reason)))
	}
}

// written is a value as KEY=VALUE has it.
func written(v any) string {
	if s, ok := v.(string); ok && !strings.ContainsAny(s, " \"'") {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if _, ok := v.(string); ok {
		return string(b)
	}
	return "'" + string(b) + "'"
}
