package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
)

// asking at once: services take a second or so for an answer.
const askingAtOnce = 8

// asks is how a run's questions to the LLM ended, and what they took.
type asks struct {
	outcomes map[string]int
	likely   int // answers that a customer would be asked back about
	spent    conversation.Expense
	currency string
	shown    *progress
	mu       sync.Mutex
}

// ask asks the configuration's LLM about the texts that nothing else has read, and puts
// what it is certain of in their place.
func (c *intentsTest) ask(ctx context.Context, p *Program, all *commands, listening *flows.Listening, rows []labelled, read []flows.Understood) (*asks, error) {
	config, err := all.load()
	if err != nil {
		return nil, err
	}
	llm, err := llmOf(config.LLM)
	if err == nil && llm == nil {
		err = fmt.Errorf("%s names no LLM: add llm: {base_url: ..., model: ...}", all.File)
	}
	if err != nil {
		return nil, err
	}
	asking, err := c.asking(listening)
	if err != nil {
		return nil, err
	}
	purse := &classify.Purse{}
	llm.Ledger = purse
	out := &asks{outcomes: map[string]int{}, currency: config.LLM.Currency, shown: newProgress(p.Err, "texts", len(rows))}
	defer out.shown.end()
	out.all(ctx, llm, asking, rows, read)
	out.spent = purse.Spent()
	return out, ctx.Err()
}

// all asks about every text that was not read, some at once.
func (o *asks) all(ctx context.Context, llm *classify.LLM, asking conversation.Asking, rows []labelled, read []flows.Understood) {
	var wg sync.WaitGroup
	defer wg.Wait()
	places := make(chan struct{}, askingAtOnce)
	for i, r := range rows {
		if read[i].Intent != "" || flows.Fold(r.text) == "" {
			continue
		}
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return
		}
		wg.Go(func() {
			defer func() { <-places }()
			one := asking
			one.Text = conversation.Mask(r.text)
			a, err := llm.AskTwice(ctx, strconv.Itoa(i), one)
			o.take(i, &read[i], a, err)
		})
	}
}

// take notes one answer.
func (o *asks) take(n int, u *flows.Understood, a conversation.Answer, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.shown.at(n)
	outcome := classify.Outcome(err)
	if a.Cached {
		outcome = classify.Cached
	}
	o.outcomes[outcome]++
	switch {
	case err != nil || a.Intent == "":
	case a.Certain:
		u.Intent, u.Layer = a.Intent, "llm"
	default:
		o.likely++
	}
}

// asking is what is the same in all questions.
func (c *intentsTest) asking(listening *flows.Listening) (conversation.Asking, error) {
	a := conversation.Asking{Language: c.Language, Ask: listening.Ask(c.Language)}
	if c.Flow != "" {
		_, f, err := flowNamed(c.Flow)
		if err != nil {
			return a, err
		}
		if !f.Guesses() || f.Local() {
			return a, fmt.Errorf("nothing of %s is shown to an LLM: it is of class alert or code, or says llm: false", f.Name)
		}
		a.Flow, a.Hash, a.State, a.About = f.Name, f.Hash, c.State, f.Title
		for _, shown := range f.Preview(flows.Scope{Brand: flows.Brand{Name: "Acme"}}, nil, f.Speaks(c.Language), false) {
			if shown.State == c.State && shown.Kind == "say" {
				a.Asked = shown.Text // with made-up values
			}
		}
	}
	if len(a.Intents) == 0 {
		return a, errors.New("there is nothing to ask an LLM about: no intent that a guess may decide is listened for")
	}
	return a, nil
}

// print says how the questions ended.
func (o *asks) print(w io.Writer) {
	all := 0
	for _, n := range o.outcomes {
		all += n
	}
	fmt.Fprintf(w, "  llm                   %s asked about", plural(all, "text"))
	for _, outcome := range slices.SortedFunc(maps.Keys(o.outcomes), func(a, b string) int { return cmp.Or(o.outcomes[b]-o.outcomes[a], cmp.Compare(a, b)) }) {
		fmt.Fprintf(w, ", %d %s", o.outcomes[outcome], outcome)
	}
	fmt.Fprintf(w, "; %d likely, to be asked back about; %d tokens, %.4f %s\n", o.likely, o.spent.Tokens, float64(o.spent.Micros)/1e6, o.currency)
}
