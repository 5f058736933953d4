package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/conversation"
)

func (t *chatting) help() {
	fmt.Fprint(t.p.Out, chatHelp)
	for _, name := range slices.Sorted(maps.Keys(chatCommands)) {
		fmt.Fprintf(t.p.Out, "  %-20s %s\n", "."+name, chatCommands[name].does)
	}
}

// state says where the conversation stands and what the clock brings next.
func (t *chatting) state(string) error {
	c := t.Conversation
	fmt.Fprintf(t.p.Out, "  it is %s\n", time.UnixMilli(t.Env.Now).In(t.Env.Line.Zone).Format("Mon 2006-01-02 15:04"))
	for i := len(c.State.Runs) - 1; i >= 0; i-- {
		run := c.State.Runs[i]
		waits := "waits for no answer"
		if run.Wait > 0 {
			waits = "waits for an answer"
		}
		fmt.Fprintf(t.p.Out, "  %s is in %s (%s) and %s\n", run.Flow, run.State, run.Language, waits)
	}
	if len(c.State.Runs) == 0 {
		fmt.Fprintln(t.p.Out, "  nothing is open")
	}
	if h := c.State.Handoff; h != nil {
		fmt.Fprintf(t.p.Out, "  a person is awaited in %q: %s\n", h.Queue, h.Note)
	}
	for _, timer := range c.State.Timers {
		fmt.Fprintf(t.p.Out, "  a %s falls due in %s\n", timer.Kind, time.Duration(timer.At-t.Env.Now)*time.Millisecond)
	}
	return nil
}

// vars shows the variables of every run, secrets aside.
func (t *chatting) vars(string) error {
	if len(t.Conversation.State.Runs) == 0 {
		return errors.New("nothing is open")
	}
	for _, run := range t.Conversation.State.Runs {
		f, ok := t.library.ByHash(run.Hash)
		for _, name := range slices.Sorted(maps.Keys(run.Vars)) {
			value := written(run.Vars[name])
			if !ok || f.Secret(name) {
				value = "(secret)"
			}
			fmt.Fprintf(t.p.Out, "  %s=%s\n", name, value)
		}
	}
	return nil
}

// reasons shows the last decisions.
func (t *chatting) reasons(string) error {
	for _, d := range t.last {
		fmt.Fprintln(t.p.Out, t.paint.in(faint, "  "+reason(d)))
	}
	return nil
}

// reason is one decision in a line.
func reason(d conversation.Decision) string {
	out := d.About + ": " + d.Choice
	if d.Intent != "" && d.Intent != d.Choice {
		out += " (" + d.Intent + ")"
	}
	if d.Layer != "" {
		out += " by " + d.Layer
	}
	if d.Score > 0 {
		out += fmt.Sprintf(" (%.2f", d.Score)
		if d.Second != "" {
			out += ", else " + d.Second
		}
		out += ")"
	}
	if d.State != "" {
		out += " in " + d.State
	}
	if d.Why != "" {
		out += " (" + d.Why + ")"
	}
	return out
}

// language changes the customer's language, of what is open too.
func (t *chatting) language(want string) error {
	if want == "" {
		return errors.New("which one? .lang es")
	}
	t.Conversation.State.Language = want
	runs := slices.Clone(t.Conversation.State.Runs)
	for i := range runs {
		f, ok := t.library.ByHash(runs[i].Hash)
		if !ok {
			continue
		}
		runs[i].Language = f.Speaks(want)
		if !strings.HasPrefix(runs[i].Language, want) {
			fmt.Fprintf(t.p.Out, "  %s has no %s: it stays with %s\n", f.Name, want, runs[i].Language)
		}
	}
	t.Conversation.State.Runs = runs
	return nil
}
