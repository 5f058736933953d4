package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parley/conversation"
	"parley/flows"
)

// diffFlags are the arguments of parley flows diff.
type diffFlags struct {
	Old      string `arg:"" help:"The flows as they are: a file or folder; library is the shipped flows."`
	New      string `arg:"" help:"The flows as they are to be."`
	JSON     bool   `name:"json" help:"Print JSON."`
	Live     bool   `help:"Also count the live runs of older versions, in the configuration's database."`
	Database string `placeholder:"URL" help:"Count them in this database."`
}

// waitingRuns is how many live runs of older versions stand in a state, and what becomes
// of them when the new files are loaded.
type waitingRuns struct {
	Flow  string `json:"flow"`
	State string `json:"state"`
	Runs  int    `json:"runs"`
	Moves string `json:"moves_to,omitempty"` // by migrate; "" : they stay on their version
	Gone  bool   `json:"state_gone,omitempty"`
}

// Run prints what changes for people. It exits like diff(1): 0 nothing, 1
// something, 2 it cannot say.
func (c *diffFlags) Run(ctx context.Context, p *Program, all *commands) error {
	was, err := flows.Load([]string{c.Old})
	if err != nil {
		return &exitError{2, err}
	}
	is, err := flows.Load([]string{c.New})
	if err != nil {
		return &exitError{2, err}
	}
	changes := flows.Diff(was, is)
	var live []waitingRuns
	if c.Live || c.Database != "" {
		if live, err = c.older(ctx, p, all, is); err != nil {
			return &exitError{2, err}
		}
	}
	if err := printDiff(p, c.JSON, changes, live); err != nil {
		return &exitError{2, err}
	}
	if len(changes) > 0 {
		return &exitError{code: 1}
	}
	return nil
}

// older counts the live runs on other versions of the flows than the new ones.
func (c *diffFlags) older(ctx context.Context, p *Program, all *commands, is *flows.Library) ([]waitingRuns, error) {
	s, err := all.storeAt(ctx, p, c.Database)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	bar := newProgress(p.Err, "conversations", 0)
	defer bar.end()
	counts := map[[2]string]*waitingRuns{}
	err = s.Walk(ctx, bar.at, func(conv conversation.Conversation) error {
		for _, run := range conv.State.Runs {
			if _, same := is.ByHash(run.Hash); same {
				continue
			}
			key := [2]string{run.Flow, run.State}
			if counts[key] == nil {
				counts[key] = standing(is, run.Run)
			}
			counts[key].Runs++
		}
		return ctx.Err()
	})
	var out []waitingRuns
	for _, w := range counts {
		out = append(out, *w)
	}
	slices.SortFunc(out, func(a, b waitingRuns) int { return cmp.Or(cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.State, b.State)) })
	return out, err
}

// standing says what becomes of a run when the library is loaded.
func standing(is *flows.Library, run flows.Run) *waitingRuns {
	w := &waitingRuns{Flow: run.Flow, State: run.State}
	if _, to, ok := is.Successor(run); ok {
		w.Moves = to
	}
	f, there := is.Current(run.Flow)
	w.Gone = !there || !slices.Contains(f.States(), run.State)
	return w
}

// says is the fate of such runs in a sentence.
func (w *waitingRuns) says() string {
	runs, stay := "runs", "they stay on their version"
	if w.Runs == 1 {
		runs, stay = "run", "it stays on its version"
	}
	text := fmt.Sprintf("%d live %s of an older version in %s: ", w.Runs, runs, w.State)
	switch {
	case w.Moves != "":
		return text + "migrate moves to " + w.Moves
	case w.Gone:
		return text + "the state is gone and migrate does not name it: " + stay
	}
	return text + stay
}

func printDiff(p *Program, asJSON bool, changes []flows.Change, live []waitingRuns) error {
	if asJSON {
		return writeJSON(p.Out, map[string]any{"changes": append([]flows.Change{}, changes...), "live": append([]waitingRuns{}, live...)})
	}
	flow, state := "", ""
	for _, change := range changes {
		if change.Flow != flow {
			fmt.Fprintf(p.Out, "%s\n", change.Flow)
			flow, state = change.Flow, ""
		}
		if change.State != state {
			fmt.Fprintf(p.Out, "  %s\n", change.State)
			state = change.State
		}
		indent := "  "
		if state != "" {
			indent = "    "
		}
		fmt.Fprintf(p.Out, "%s- %s\n", indent, change.Says)
	}
	for i := range live {
		fmt.Fprintf(p.Out, "%s: %s\n", live[i].Flow, live[i].says())
	}
	return nil
}
