package main

import (
	"context"
	"fmt"
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
			f, err := s.version(ctx, run.Hash)
			if err != nil {
				return err
			}
			if e := run.Result(&c, f); s.wants(e) {
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

// version finds and compiles the version of a live run, which says what of it is secret;
// nil: it is nowhere, or no longer compiles.
func (s *resultSource) version(ctx context.Context, hash string) (*flows.Flow, error) {
	if f, known := s.versions[hash]; known {
		return f, nil
	}
	_, source, found, err := s.store.FlowVersion(ctx, hash)
	if err != nil {
		return nil, err
	}
	if found {
		s.versions[hash], _ = flows.Compile(source) // nil of what does not
	}
	return s.versions[hash], nil
}

// outcomeOf names how a run ended; one that is live is "(live)".
func outcomeOf(e conversation.Ended) string {
	if e.EndedAt == 0 {
		return "(live)"
	}
	return e.Outcome
}
