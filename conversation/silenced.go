package conversation

import (
	"cmp"
	"slices"
	"strings"

	"parley/flows"
)

// mostAsked is how many accounts a run remembers to have asked about.
const mostAsked = 16

// fraudQueue is where people look at accounts, unless a flow names another queue.
const fraudQueue = "fraud"

// asksAbout notes whose payments a run asks about: whoever ends it without an answer has
// to let the account know.
func (s *step) asksAbout(run, account string) {
	i := s.run(run)
	if i >= 0 {
		s.c.State.Runs[i].AlertedAt = s.env.Now
	}
	if i < 0 || slices.Contains(s.c.State.Runs[i].Accounts, account) || len(s.c.State.Runs[i].Accounts) >= mostAsked {
		return
	}
	s.c.State.Runs[i].Accounts = append(slices.Clip(s.c.State.Runs[i].Accounts), account)
}

// askedOf is when a run last asked about payments of an account, Unix ms; 0: it has not.
func (s *step) askedOf(run, account string) int64 {
	if i := s.run(run); i >= 0 && slices.Contains(s.c.State.Runs[i].Accounts, account) {
		return s.c.State.Runs[i].AlertedAt
	}
	return 0
}

// silenced lets the accounts know that runs asked about that nobody can answer any more:
// that is neither a YES nor a NO. Each is told once, of what the run "of" asked, or ("") of
// all that was asked here.
func (s *step) silenced(why, of string, runs ...Run) {
	var told []AccountChange
	for _, run := range runs {
		for _, account := range run.Accounts {
			c := AccountChange{Op: "silenced", Account: account, Cause: why, Language: run.Language, Run: of, Test: run.Test}
			if !slices.ContainsFunc(told, func(t AccountChange) bool { return t.Account == c.Account && t.Test == c.Test }) {
				told = append(told, c)
				s.account(c)
			}
		}
	}
}

// unanswered hands over what alerts asked that nobody can answer any more, to the people
// whom the flow of one asks: of those that speak of an account, the first.
func (s *step) unanswered(reason, note string, runs ...Run) {
	alerts := slices.DeleteFunc(slices.Clone(runs), func(r Run) bool { return !r.Alert && len(r.Accounts) == 0 })
	if len(alerts) == 0 {
		return
	}
	run := alerts[max(0, slices.IndexFunc(alerts, func(r Run) bool { return len(r.Accounts) > 0 }))]
	h := Handing{Reason: reason, Note: note, Run: run.ID, Priority: flows.Alert, Test: run.Test}
	if f, ok := s.env.Flows.ByHash(run.Hash); ok {
		h.Queue = f.Queue()
	}
	if len(run.Accounts) > 0 {
		h.Queue = cmp.Or(h.Queue, fraudQueue)
	}
	if names := s.askedAbout(alerts); len(names) > 0 {
		h.Note += ": nothing was answered about the account " + strings.Join(names, ", ")
	}
	s.handoff(h)
}

// askedAbout lists the accounts that runs asked about and that people may read of: none whose
// name is made of a secret.
func (s *step) askedAbout(runs []Run) (all []string) {
	for _, run := range runs {
		f, ok := s.env.Flows.ByHash(run.Hash)
		if !ok || len(run.Accounts) == 0 {
			continue
		}
		for _, name := range f.Accounts(s.scope(), run.Run) {
			if slices.Contains(run.Accounts, name) {
				all = append(all, name)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
