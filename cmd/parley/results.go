package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/flows"
)

// resultsCommand shows what the runs of a flow led to.
type resultsCommand struct {
	Flow  string   `arg:"" help:"The flow's name."`
	Since string   `default:"7d" help:"From when: a span (7d, 12h), a day (2026-03-05) or a moment (RFC 3339)."`
	Until string   `help:"Up to when, written the same way; default now."`
	Where []string `placeholder:"NAME=VALUE" sep:"none" help:"Only rows with this outcome, state, key, language, or answer; may be repeated."`
	Live  bool     `help:"Also the runs that are not over: all conversations are looked through."`
	Test  bool     `help:"Also the runs that test keys started."`
	Full  bool     `help:"Show whole phone numbers in the table."`
	CSV   bool     `name:"csv" xor:"form" help:"Print CSV, with whole phone numbers."`
	JSON  bool     `name:"json" xor:"form" help:"Print one JSON object a line, with whole phone numbers."`
}

// Run prints the results; it reads them page by page, however many there are.
func (c *resultsCommand) Run(ctx context.Context, p *Program, all *commands) error {
	source := &resultSource{flow: c.Flow, live: c.Live, test: c.Test, where: map[string]string{}, versions: map[string]*flows.Flow{}}
	now := time.Now()
	var err error
	if source.since, err = moment(c.Since, now); err != nil {
		return fmt.Errorf("--since: %w", err)
	}
	if source.until, err = moment(c.Until, now); err != nil {
		return fmt.Errorf("--until: %w", err)
	}
	for _, w := range c.Where {
		name, value, ok := strings.Cut(w, "=")
		if !ok || name == "" {
			return fmt.Errorf("--where %q: want NAME=VALUE", w)
		}
		source.where[name] = value
	}
	if source.store, err = all.openStore(ctx, p); err != nil {
		return err
	}
	defer source.store.Close()
	switch {
	case c.JSON:
		return jsonResults(ctx, p.Out, source)
	case c.CSV:
		return csvResults(ctx, p.Out, source)
	}
	return c.table(ctx, p.Out, source)
}

// moment reads a point in time; "" is now.
func moment(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return now, nil
	}
	if d, err := flows.ParseDuration(s); err == nil {
		return now.Add(-d), nil
	}
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.ParseInLocation(form, s, time.Local); err == nil {
			return t, nil
		}
	}
	return now, fmt.Errorf("%q is no time: write a span such as 7d, a day such as 2026-03-05, or RFC 3339", s)
}

// resultSource reads the chosen results, a page at a time, as often as is asked.
type resultSource struct {
	store        *store.Store
	flow         string
	since, until time.Time
	where        map[string]string
	live, test   bool
	versions     map[string]*flows.Flow // by hash: of live runs
}

// resultPage is how many rows are held at once.
const resultPage = 1000

// each gives every result to do: those that ended, oldest first, then the live ones.
func (s *resultSource) each(ctx context.Context, do func(conversation.Ended) error) error {
	q := conversation.ResultQuery{Flow: s.flow, Since: s.since.UnixMilli(), Until: s.until.UnixMilli()}
	for {
		page, err := s.store.Results(ctx, q, resultPage)
		if err != nil {
			return err
		}
		for _, e := range page {
			q.AfterAt, q.AfterRun = e.EndedAt, e.Run
			if s.wants(e) {
				if err := do(e); err != nil {
					return err
				}
			}
		}
		if len(page) < resultPage {
			break
		}
	}
	if !s.live {
		return nil
	}
	return s.store.Walk(ctx, func(int) {}, func(c conversation.Conversation) error {
		for _, run := range c.State.Runs {
			if run.Flow != s.flow {
				continue
			}
			if err := s.fetch(ctx, run.Hash); err != nil {
				return err
			}
			if e := run.Result(&c, fetched(s.versions)); s.wants(e) {
				if err := do(e); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// wants says whether a row is among those asked for.
func (s *resultSource) wants(e conversation.Ended) bool {
	if e.Test && !s.test {
		return false
	}
	for name, want := range s.where {
		var got string
		switch name {
		case "outcome":
			got = outcomeOf(e)
		case "state":
			got = e.State
		case "key":
			got = e.Key
		case "language":
			got = e.Language
		default:
			got = plainValue(e.Details.Answers[name])
		}
		if got != want {
			return false
		}
	}
	return true
}

// fetch compiles the version of a live run, which says what of it is secret.
func (s *resultSource) fetch(ctx context.Context, hash string) error {
	if _, ok := s.versions[hash]; ok {
		return nil
	}
	_, source, found, err := s.store.FlowVersion(ctx, hash)
	if err != nil || !found {
		return err
	}
	if f, err := flows.Compile(source); err == nil { // else nothing of its variables is shown
		s.versions[hash] = f
	}
	return nil
}

// fetched is the versions of live runs as conversation.Flows.
type fetched map[string]*flows.Flow

// ByHash finds a version.
func (f fetched) ByHash(hash string) (*flows.Flow, bool) { v, ok := f[hash]; return v, ok }

// Current knows no flow.
func (fetched) Current(string) (*flows.Flow, bool) { return nil, false }

// ForEvent starts nothing.
func (fetched) ForEvent(string) []*flows.Flow { return nil }

// ForKeyword starts nothing.
func (fetched) ForKeyword(string) (*flows.Flow, map[string]any, bool) { return nil, nil, false }

// ForIntent starts nothing.
func (fetched) ForIntent(flows.Guesser, string) (*flows.Flow, flows.Guess) { return nil, flows.Guess{} }

// Successor finds none.
func (fetched) Successor(flows.Run) (*flows.Flow, string, bool) { return nil, "", false }

// outcomeOf names how a run ended; one that is live is "(live)".
func outcomeOf(e conversation.Ended) string {
	if e.EndedAt == 0 {
		return "(live)"
	}
	return e.Outcome
}

// summary counts results as they pass by. What it keeps does not grow with their
// number: outcomes, names, and how often each whole second was the time to answer.
type summary struct {
	runs     int
	outcomes map[string]int
	answers  map[string]bool
	states   map[string]bool // with readings
	waits    map[int64]int   // seconds to the first answer → how often
	answered int
}

func newSummary() *summary {
	return &summary{outcomes: map[string]int{}, answers: map[string]bool{}, states: map[string]bool{}, waits: map[int64]int{}}
}

func (s *summary) add(e conversation.Ended) error {
	s.runs++
	s.outcomes[outcomeOf(e)]++
	for name := range e.Details.Answers {
		s.answers[name] = true
	}
	for _, r := range e.Details.Readings {
		s.states[r.State] = true
	}
	if e.AnswerIn > 0 {
		s.answered++
		s.waits[e.AnswerIn/1000]++
	}
	return nil
}

// median is the middle of the times to the first answer.
func (s *summary) median() time.Duration {
	var seconds []int64
	for n := range s.waits {
		seconds = append(seconds, n)
	}
	slices.Sort(seconds)
	left := (s.answered - 1) / 2
	for _, n := range seconds {
		if left -= s.waits[n]; left < 0 {
			return time.Duration(n) * time.Second
		}
	}
	return 0
}

// print writes the head of the table: outcomes as a small bar chart.
func (s *summary) print(out io.Writer, flow string) {
	fmt.Fprintf(out, "%s: %s", flow, plural(s.runs, "run"))
	if s.answered > 0 {
		fmt.Fprintf(out, ", %d answered, half of them within %v", s.answered, s.median())
	}
	fmt.Fprintln(out)
	var names []string
	width := 0
	for name := range s.outcomes {
		names = append(names, name)
		width = max(width, len(name))
	}
	slices.SortFunc(names, func(a, b string) int {
		if s.outcomes[a] != s.outcomes[b] {
			return s.outcomes[b] - s.outcomes[a]
		}
		return strings.Compare(a, b)
	})
	const bar = 30
	for _, name := range names {
		n := s.outcomes[name]
		fmt.Fprintf(out, "  %-*s %6d %4.0f%% %s\n", width, name, n, 100*float64(n)/float64(s.runs), strings.Repeat("█", max(1, n*bar/s.runs)))
	}
}

// plural writes a number with its word: "1 run", "2 runs".
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
