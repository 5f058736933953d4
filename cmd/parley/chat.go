package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// chatCommand talks to a flow in the terminal, without network or database.
type chatCommand struct {
	Flow     string   `arg:"" help:"The flow's name (a shipped one, or one of the folder flows), or its file."`
	Data     []string `arg:"" optional:"" help:"The flow's inputs, KEY=VALUE; a value that is JSON is taken as such."`
	Language string   `placeholder:"es" help:"The customer's language."`
	Why      bool     `help:"Also print why each text was read and sent as it was."`
}

// Run plays until the input ends.
func (c *chatCommand) Run(_ context.Context, p *Program) error {
	folders, name := []string{"library"}, c.Flow
	if strings.HasSuffix(c.Flow, ".yaml") {
		folders = append(folders, filepath.Dir(c.Flow))
		name = strings.TrimSuffix(filepath.Base(c.Flow), ".yaml")
	} else if info, err := os.Stat("flows"); err == nil && info.IsDir() {
		folders = append(folders, "flows")
	}
	library, err := flows.Load(folders)
	if err != nil {
		return err
	}
	flow, ok := library.Current(name)
	if !ok {
		return fmt.Errorf("there is no flow %q in %s", name, strings.Join(folders, ", "))
	}
	data, err := values(c.Data)
	if err != nil {
		return err
	}
	r := conversation.NewRehearsal(library, classify.Lexicon{}, name)
	r.Conversation.State.Language = c.Language
	if out := r.Start(data); out.Status != conversation.Applied {
		return fmt.Errorf("the flow does not start; give its inputs as KEY=VALUE:\n  %s", strings.Join(out.Problems, "\n  "))
	}
	fmt.Fprintf(p.Out, "%s: %s\nType as the customer. “~ 24h” lets time pass, “! TYPE {…}” is a business event, Ctrl-D ends.\n\n", flow.Name, flow.Title)
	c.print(p, r)
	in := bufio.NewScanner(p.In)
	typed := isTerminal(p.In)
	for prompt(p, typed); in.Scan(); prompt(p, typed) {
		text := strings.TrimSpace(in.Text())
		if !typed {
			fmt.Fprintf(p.Out, "> %s\n", text)
		}
		c.heed(p, r, text)
		c.print(p, r)
	}
	if typed {
		fmt.Fprintln(p.Out)
	}
	return in.Err()
}

// prompt stands before what somebody types; what comes from elsewhere is shown behind
// the same mark, so that both read like a written dialogue.
func prompt(p *Program, typed bool) {
	if typed {
		fmt.Fprint(p.Out, "> ")
	}
}

// heed carries out one line.
func (c *chatCommand) heed(p *Program, r *conversation.Rehearsal, text string) {
	switch {
	case text == "":
	case r.Awaited() != "":
		c.answer(p, r, text)
	case strings.HasPrefix(text, "~"):
		d, err := flows.ParseDuration(strings.TrimSpace(text[1:]))
		if err != nil {
			fmt.Fprintln(p.Out, " ", err)
			return
		}
		r.Pass(d)
	case strings.HasPrefix(text, "!"):
		name, rest, _ := strings.Cut(strings.TrimSpace(text[1:]), " ")
		data := map[string]any{}
		if rest != "" {
			if err := json.Unmarshal([]byte(rest), &data); err != nil {
				fmt.Fprintln(p.Out, "  the event's data must be JSON:", err)
				return
			}
		}
		out := r.Apply(conversation.Event{Kind: conversation.KindTrigger, Trigger: &conversation.Trigger{Type: name, Data: data}})
		if out.Status != conversation.Applied {
			fmt.Fprintln(p.Out, "  refused:", strings.Join(out.Problems, "; "))
		}
	default:
		r.Text(text, nil)
	}
}

// answer plays the business's API: the line is what it answers.
func (c *chatCommand) answer(p *Program, r *conversation.Rehearsal, text string) {
	found, err := flows.ParseDialogues("this line", []byte(text))
	if err != nil || len(found) != 1 || len(found[0].Steps) != 1 || found[0].Steps[0].Kind != flows.StepCall {
		fmt.Fprintln(p.Out, "  a call waits: answer it with call 200 {…}, call 404 or call failed")
		return
	}
	step := found[0].Steps[0]
	var body any
	if step.Data != nil {
		body = step.Data
	}
	if err := r.Answer(step.Status, body); err != nil {
		fmt.Fprintln(p.Out, " ", err)
	}
}

// print shows what came of it.
func (c *chatCommand) print(p *Program, r *conversation.Rehearsal) {
	for _, text := range r.Said() {
		fmt.Fprintf(p.Out, "< %s\n", strings.ReplaceAll(text, "\n", "\n  "))
	}
	for _, j := range r.Emitted() {
		data, err := json.Marshal(j.Data)
		if err != nil {
			data = []byte("{}")
		}
		fmt.Fprintf(p.Out, "! %s %s\n", j.Name, data)
	}
	for _, d := range r.Decisions() {
		if c.Why {
			fmt.Fprintf(p.Out, "  %s: %s %s\n", d.About, d.Choice, d.Why)
		}
	}
	if host := r.Awaited(); host != "" {
		fmt.Fprintf(p.Out, "= a call to %s waits: answer it with call 200 {…}, call 404 or call failed\n", host)
	}
	if h := r.Conversation.State.Handoff; h != nil {
		fmt.Fprintf(p.Out, "= handoff %s (%s)\n", cmp.Or(h.Queue, "of the general queue"), h.Reason)
	}
}
