package conversation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"parley/flows"
)

// process applies a batch and answers everyone in it. Infrastructure errors roll
// the whole batch back; it is tried three times. Any other error is an event's own
// fault: the batch is halved until the culprit is alone, and that one is buried.
func (e *Engine) process(batch []*request) {
	err := e.attempt(batch)
	for pause := 20 * time.Millisecond; errors.Is(err, ErrUnavailable) && pause <= 80*time.Millisecond; pause *= 4 {
		time.Sleep(pause) // on the shard's own goroutine: a deadlock or a restart needs a moment
		err = e.attempt(batch)
	}
	switch {
	case err == nil:
	case errors.Is(err, ErrUnavailable):
		e.Log.Warn("a batch could not be stored", "events", len(batch), "error", err)
		for _, r := range batch {
			r.err = err
		}
	case len(batch) == 1:
		e.bury(batch[0], err)
	default:
		half := len(batch) / 2
		e.process(batch[:half])
		e.process(batch[half:])
		return
	}
	for _, r := range batch {
		r.done.Done()
	}
}

// batchTimeout bounds one transaction: longer than the database's own timeouts.
const batchTimeout = 12 * time.Second

// attempt applies a batch in one transaction. A panic is an event's own fault.
func (e *Engine) attempt(batch []*request) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), batchTimeout)
	defer cancel()
	events := make([]Event, len(batch))
	for i, r := range batch {
		events[i] = r.event
	}
	outcomes, err := e.apply(ctx, events, nil)
	if err != nil {
		return err
	}
	for i, r := range batch {
		r.outcome = outcomes[i]
	}
	return nil
}

// bury stores an event that cannot be applied: its dedupe key, a dead letter, and
// a handoff with the reason, in one transaction. What it told of a message counts as
// told, and is settled. Should the conversation itself be beyond reading, only the
// first two; should the database be away, nothing: the event comes again.
func (e *Engine) bury(r *request, cause error) {
	ctx, cancel := context.WithTimeout(context.Background(), batchTimeout)
	defer cancel()
	reason := cause.Error()
	stand := Event{Kind: KindPoisoned, Conversation: r.event.Conversation, Line: r.event.Line, Phone: r.event.Phone, Test: r.event.Test,
		Carrier: r.event.Carrier, Dedupe: r.event.Dedupe, BodyHash: r.event.BodyHash, Settled: r.event.Settled, Guard: r.event.Guard,
		Poisoned: &Poisoned{Kind: r.event.Kind, Reason: "an event could not be applied"}}
	dead := &DeadLetter{Kind: r.event.Kind, Reason: reason, Conversation: r.event.Conversation, Event: r.event}
	outcomes, err := e.apply(ctx, []Event{stand}, dead)
	switch {
	case err == nil:
		r.outcome = outcomes[0]
	case errors.Is(err, ErrUnavailable):
	default:
		r.outcome = Outcome{Status: Buried, Conversation: r.event.Conversation}
		_, err = e.Store.Bury(ctx, r.event, reason)
	}
	if err != nil {
		r.err = fmt.Errorf("keeping a dead letter (%v): %w", cause, errors.Join(ErrUnavailable, err))
		return
	}
	e.Log.Error("an event could not be applied and is kept as a dead letter",
		"kind", r.event.Kind, "conversation", r.event.Conversation, "error", cause)
}

// applying is one batch in the making.
type applying struct {
	engine    *Engine
	directory *Directory
	flows     *view
	batch     Batch
	now       int64
	events    []Event
	outcomes  []Outcome
	firsts    map[[2]string]int // by carrier and dedupe key: the first event that came with it
	open      map[string]*opened
	consents  map[string]Consent
	tags      map[string][]string // of contacts that this batch has labelled, by phone
	writes    Writes
	lines     []string
}

// opened is a conversation as the batch has left it so far.
type opened struct {
	Loaded
	wakeAt  int64 // as stored
	changed bool
}

// apply runs one transaction: dedupe, lock and load, Step each event in memory,
// write everything, commit.
func (e *Engine) apply(ctx context.Context, events []Event, dead *DeadLetter) (outcomes []Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	batch, err := e.Store.Begin(ctx, events)
	if err != nil {
		return nil, err
	}
	defer batch.Rollback()
	a := &applying{engine: e, directory: e.Directory(), flows: e.Catalog.view(), batch: batch, now: batch.Now().UnixMilli(), events: events,
		open: make(map[string]*opened, len(events)), consents: map[string]Consent{}, tags: map[string][]string{}, firsts: map[[2]string]int{}}
	a.writes.Outcomes = make(map[int]Outcome, len(events))
	a.outcomes = make([]Outcome, len(events))
	for i := range events {
		if a.outcomes[i], err = a.one(ctx, i); err != nil {
			return nil, err
		}
	}
	if dead != nil && !a.outcomes[0].Repeated {
		a.outcomes[0].Status = Buried // a repeat hears the same
		a.writes.Dead, a.writes.Outcomes[0] = []DeadLetter{*dead}, a.outcomes[0]
	}
	if err = a.finish(); err != nil {
		return nil, err
	}
	if a.empty() {
		return a.outcomes, nil
	}
	if err = batch.Commit(ctx, a.writes); err != nil {
		return nil, err
	}
	e.Committed(a.lines)
	return a.outcomes, nil
}

// panicked names a panic without its value, which may hold a customer's text; the
// runtime's own errors hold none.
func panicked(p any) error {
	var known runtime.Error
	if err, ok := p.(error); ok && errors.As(err, &known) {
		return fmt.Errorf("panic: %w", known)
	}
	return fmt.Errorf("panic: a value of type %T", p)
}

// empty says that nothing of the batch is worth keeping: every event was a repeat,
// refused, or of no effect. The fate of a question is: were it not noted that its
// conversation has heard, the sweep would tell it for ever.
func (a *applying) empty() bool {
	settling := slices.ContainsFunc(a.events, func(e Event) bool { return e.Guard != nil || e.Settled != nil || e.Change != nil })
	return !settling && len(a.writes.Conversations) == 0 && len(a.writes.Events) == 0 && len(a.writes.Dead) == 0
}

// one decides the i-th event.
func (a *applying) one(ctx context.Context, i int) (Outcome, error) {
	if out, ok := a.batch.Seen(i); ok {
		return a.again(i, out), nil
	}
	a.firsts[[2]string{a.events[i].Carrier, a.events[i].Dedupe}] = i
	if a.batch.Refused(i) {
		a.writes.Forget = append(a.writes.Forget, i)
		return Outcome{Status: Ignored, Conversation: a.events[i].Conversation, Repeated: true}, nil
	}
	ev := &a.events[i]
	c, err := a.conversation(ctx, i)
	if err != nil {
		return Outcome{}, err
	}
	if c.Conversation.Line == "" {
		a.writes.Forget = append(a.writes.Forget, i)
		return Outcome{Status: Ignored, Conversation: ev.Conversation}, nil // of a conversation that was erased
	}
	var record Record
	record.Event = *ev
	next, effects, out := Step(a.env(c.Loaded, &record.Took), c.Conversation, *ev)
	switch out.Status {
	case Applied:
		out.ID = requestID(ev)
		return out, a.keep(i, c, next, effects, &record, out)
	case Refused, Conflicting:
		a.writes.Forget = append(a.writes.Forget, i)
	case Ignored:
		a.writes.Forget = append(a.writes.Forget, i)
		c.changed = c.changed || next.WakeAt != c.Conversation.WakeAt
		c.Conversation = next
	}
	return out, nil
}

// again is the outcome of a repeat. One that came in the same batch as the first
// hears what the first has just led to, which is not stored yet.
func (a *applying) again(i int, out Outcome) Outcome {
	key := [2]string{a.events[i].Carrier, a.events[i].Dedupe}
	if first, ok := a.firsts[key]; ok && out.Status != Conflicting {
		out = a.outcomes[first]
	}
	if _, ok := a.firsts[key]; !ok && out.Status != Conflicting {
		a.firsts[key] = i
	}
	out.Repeated = true
	return out
}

// requestID is what the business knows the event by.
func requestID(ev *Event) string {
	if ev.Trigger != nil {
		return ev.Trigger.ID
	}
	return ""
}

// conversation is the i-th event's, as earlier events of the batch left it.
func (a *applying) conversation(ctx context.Context, i int) (*opened, error) {
	id := a.events[i].Conversation
	c, ok := a.open[id]
	if !ok {
		c = &opened{Loaded: a.batch.Load(i)}
		c.wakeAt = c.Conversation.WakeAt
		a.open[id] = c
		runs := slices.Clip(c.Conversation.State.Runs)
		for _, late := range c.Conversation.State.Late { // a late answer is read by the version that asked
			runs = append(runs, late.Run)
		}
		if err := a.fetch(ctx, runs); err != nil {
			return nil, err
		}
	}
	if consent, ok := a.consents[c.Conversation.Phone]; ok {
		c.Consent = consent
	}
	if tags, ok := a.tags[c.Conversation.Phone]; ok {
		c.Contact.Tags = tags
	}
	return c, nil
}

// fetch compiles the flow versions of live runs that this node lacks. One that is
// nowhere, or no longer compiles, is left to Step, which hands over.
func (a *applying) fetch(ctx context.Context, runs []Run) error {
	for _, run := range runs {
		if _, ok := a.flows.ByHash(run.Hash); ok {
			continue
		}
		_, source, found, err := a.batch.FlowVersion(ctx, run.Hash)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		f, err := flows.Compile(source)
		if err != nil || f.Hash != run.Hash {
			a.engine.Log.Error("a stored flow version no longer compiles", "flow", run.Flow, "hash", run.Hash, "error", err)
			continue
		}
		a.flows.keep(f)
	}
	return nil
}

// env is what Step may know; what it takes is noted in took.
func (a *applying) env(l Loaded, took *Took) Env {
	line, ok := a.directory.Lines[l.Conversation.Line]
	if !ok {
		line = Line{Number: l.Conversation.Line}
	}
	*took = Took{Now: a.now, Config: a.directory.Hash, Consent: l.Consent.State}
	return Env{Now: a.now, Consent: l.Consent, Line: line, Config: a.directory.Hash, Contact: l.Contact,
		Reader: noted(a.engine.Reader, took), Flows: taking{a.flows, took, l.Contact}}
}

// keep adds an applied event to what the batch writes.
func (a *applying) keep(i int, c *opened, next Conversation, effects []Effect, record *Record, out Outcome) error {
	for _, effect := range effects {
		switch {
		case effect.Record != nil:
			record.Decisions = append(record.Decisions, *effect.Record)
			continue
		case effect.Consent != nil:
			a.consents[effect.Consent.Phone] = *effect.Consent
		case effect.Contact != nil:
			a.tags[effect.Contact.Phone] = flows.Retag(c.Contact.Tags, effect.Contact.Add, effect.Contact.Remove)
			c.Contact.Tags = a.tags[effect.Contact.Phone]
		case effect.Send != nil && !slices.Contains(a.lines, effect.Send.Line):
			a.lines = append(a.lines, effect.Send.Line)
		}
		a.writes.Effects = append(a.writes.Effects, effect)
	}
	data, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("encoding an event: %w", err)
	}
	a.writes.Events = append(a.writes.Events, Logged{Conversation: next.ID, Rev: next.Rev, At: a.now, Kind: a.events[i].Kind, Data: string(data)})
	a.writes.Outcomes[i] = out
	c.Conversation, c.changed = next, true
	return nil
}

// finish encodes the conversations that changed.
func (a *applying) finish() error {
	for _, c := range a.open {
		if !c.changed {
			if !c.Existed {
				a.writes.Unborn = append(a.writes.Unborn, c.Conversation.ID)
			}
			continue
		}
		encoded, err := c.Conversation.State.Encode()
		if err != nil {
			return err
		}
		a.writes.Conversations = append(a.writes.Conversations, Saved{
			Conversation: c.Conversation, Encoded: encoded, WakeChanged: c.Conversation.WakeAt != c.wakeAt,
		})
	}
	slices.Sort(a.writes.Unborn)
	slices.SortFunc(a.writes.Conversations, func(x, y Saved) int {
		if x.Conversation.ID < y.Conversation.ID {
			return -1
		}
		return 1
	})
	return nil
}
