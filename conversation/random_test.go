package conversation_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/classify"
	"parley/flows"
	"parley/outbound/quiet"
)

// TestRandomSequences throws whatever may happen at every shipped flow, at one that
// does all that flows can do, and at all of them at once, in any order: texts,
// receipts, silences, business events, answers of calls and classifiers, agents,
// duplicates, edited files. Nothing panics or is stuck, the same input gives the same
// outcome and so does a replay, who has opted out hears nothing, one question is open
// at most unless the flow is parallel, and no state grows large.
func TestRandomSequences(t *testing.T) {
	sequences := 500
	if os.Getenv("PARLEY_PROOF") != "" {
		sequences = 10_000
	}
	files := editions(t)
	pools := map[string]pool{"everything": {texts: odd}}
	for _, f := range files[0].All() {
		p := poolOf(t, f.Name)
		all := pools["everything"]
		pools["everything"] = pool{append(all.texts, p.texts...), append(all.triggers, p.triggers...)}
		pools[f.Name] = p
	}
	for name, pool := range pools {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			total := 0
			for seed := range sequences {
				w := newWorld(t, files, pool, uint64(seed))
				total += w.live()
				if !t.Failed() {
					w.replay()
				}
				if t.Failed() {
					t.Fatalf("seed %d: the last events were\n%s", seed, w.history())
				}
			}
			t.Logf("%d sequences, %d events", sequences, total)
		})
	}
}

// pool is what may come from outside, taken from a flow's dialogues.
type pool struct {
	texts    []string
	triggers []conversation.Trigger
}

// dialoguesOf reads the dialogues of a shipped flow.
func dialoguesOf(t testing.TB, name string) []flows.Dialogue {
	t.Helper()
	source, err := fs.ReadFile(flows.Shipped(), name+".chat")
	if err != nil {
		t.Fatal(err)
	}
	dialogues, err := flows.ParseDialogues(name+".chat", source)
	if err != nil {
		t.Fatal(err)
	}
	return dialogues
}

func poolOf(t *testing.T, name string) pool {
	t.Helper()
	p := pool{texts: slices.Clone(odd)}
	for _, typ := range []string{"busy.go", "busy.stop", "busy.again", "later.on"} {
		if name == "busy" || name == "later_on" {
			p.triggers = append(p.triggers, conversation.Trigger{Type: typ, Data: map[string]any{"item": "x", "left": 5}})
		}
	}
	if len(p.triggers) > 0 {
		return p
	}
	for _, d := range dialoguesOf(t, name) {
		for _, s := range d.Steps {
			switch s.Kind {
			case flows.StepCustomer:
				p.texts = append(p.texts, s.Text)
			case flows.StepStart:
				p.triggers = append(p.triggers, conversation.Trigger{Flow: name, Data: s.Data})
			case flows.StepEvent:
				p.triggers = append(p.triggers, conversation.Trigger{Type: s.Name, Data: s.Data})
			}
		}
	}
	return p
}

// world is one conversation and everything around it.
type world struct {
	t       *testing.T
	r       *rand.Rand
	files   [2]*flows.Library
	catalog *conversation.Catalog
	pool    pool
	env     conversation.Env
	born, c conversation.Conversation
	waits   []conversation.Settled // questions that the carrier has not answered for
	jobs    []conversation.Job     // that nobody has carried out
	events  []conversation.Event
	log     []conversation.Logged // of those that were applied
	states  []string              // after each of them
}

func newWorld(t *testing.T, files [2]*flows.Library, p pool, seed uint64) *world {
	const number, customer = "+12025550100", "+12025550123"
	catalog := &conversation.Catalog{}
	catalog.Use(files[0])
	for _, library := range files {
		for _, f := range library.All() {
			catalog.Keep(f)
		}
	}
	w := &world{t: t, r: rand.New(rand.NewPCG(seed, 7)), files: files, catalog: catalog, pool: p,
		env: conversation.Env{Now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixMilli(), Flows: catalog, Reader: classify.Reader{},
			Consent: conversation.Consent{Phone: customer},
			Contact: flows.Contact{Name: "Ann", Tags: []string{"idle"}},
			Line: conversation.Line{Number: number, Brand: flows.Brand{ID: "acme", Name: "Acme", Contact: "help@acme.example", Timezone: "America/New_York"},
				Quiet: quiet.Default, Callbacks: []string{"*"}}},
		c: conversation.Conversation{ID: "cv", Line: number, Phone: customer},
	}
	w.env.Line.Classifier = seed%3 == 0
	w.env.Line.DefaultFlow = []string{"", "service_guide", "later_on"}[seed%5%3]
	w.env.Contact.Language = []string{"", "es"}[seed%2]
	w.born = w.c
	return w
}

// live plays up to thirty things that happen, then lets time and people finish
// everything. It returns how many events that took.
func (w *world) live() int {
	for range 5 + w.r.IntN(25) {
		w.apply(w.something())
		if w.t.Failed() {
			return len(w.events)
		}
	}
	w.finish()
	return len(w.events)
}

// something is one thing that may happen now.
func (w *world) something() conversation.Event {
	w.env.Now += int64(w.r.IntN(90_000)) // up to a minute and a half later
	if w.r.IntN(12) == 0 {
		return w.code()
	}
	switch n := w.r.IntN(100); {
	case n < 35:
		return w.text()
	case n < 50 && len(w.pool.triggers) > 0:
		tr := w.pool.triggers[w.r.IntN(len(w.pool.triggers))]
		return conversation.Event{Kind: conversation.KindTrigger, Trigger: &tr}
	case n < 70 && len(w.waits) > 0:
		return w.receipt()
	case n < 77 && len(w.jobs) > 0:
		return w.result()
	case n < 85:
		return w.silence()
	case n < 90 && len(w.events) > 0:
		return w.events[w.r.IntN(len(w.events))] // once more
	case n < 94:
		return w.agent()
	case n < 96:
		w.catalog.Use(w.files[w.r.IntN(2)]) // the files are edited, or taken back
	case len(w.jobs) > 0:
		return w.result()
	}
	return conversation.Event{Kind: conversation.KindTimer}
}

func (w *world) text() conversation.Event {
	text := conversation.Text{Text: w.pool.texts[w.r.IntN(len(w.pool.texts))]}
	if w.r.IntN(12) == 0 {
		text.Media = []flows.Media{{URL: "https://acme.example/a.jpg", Type: "image/jpeg"}}
	}
	e := conversation.Event{Kind: conversation.KindText, Text: &text}
	if w.r.IntN(4) == 0 {
		e.At = w.env.Now - int64(w.r.IntN(120_000)) // it was long on its way
	}
	return e
}

// receipt is a carrier's answer to one of the questions, in any order.
func (w *world) receipt() conversation.Event {
	i := w.r.IntN(len(w.waits))
	settled := w.waits[i]
	w.waits = slices.Delete(w.waits, i, i+1)
	kind := conversation.KindSent
	if w.r.IntN(10) == 0 {
		kind, settled.Error = conversation.KindFailed, "30003"
	}
	return conversation.Event{Kind: kind, Settled: &settled}
}

// result is what one of the jobs brought back, in any order.
func (w *world) result() conversation.Event {
	i := w.r.IntN(len(w.jobs))
	j := w.jobs[i]
	w.jobs = slices.Delete(w.jobs, i, i+1)
	if j.Kind == conversation.JobIssue {
		return w.codeFor("ver_"+j.ID, j.Run)
	}
	r := conversation.Result{Effect: j.ID, Kind: j.Kind, Run: j.Run, Wait: j.Wait, Epoch: j.Epoch}
	answers := []string{`{"status": 200, "body": {"left": 5, "slots": ["nine\n1", "", 3, {"a": 1}, null]}}`, `{"status": 200, "body": {"left": 1}}`, `{"status": 200}`,
		`{"status": 200, "body": {"left": "x"}}`, `{"status": 404, "body": "no"}`, `{"status": 500}`, `[]`, `{"status": 1e999}`}
	if j.Kind == conversation.JobClassify {
		answers = []string{`{"intent": "yes", "certain": true}`, `{"intent": ""}`, `{"intent": 3}`, `{"intent": "nobody", "certain": true}`, `{"value": "5", "certain": true}`}
		if a, err := conversation.AskingOf(j); err == nil && len(a.Intents) > 0 {
			name := a.Intents[w.r.IntN(len(a.Intents))].Name
			answers = append(answers, `{"intent": "`+name+`", "certain": true}`, `{"intent": "`+name+`"}`, `{"intent": "`+name+`", "value": "`+strings.Split(a.Text, " ")[0]+`"}`)
		}
	}
	r.Data = json.RawMessage(answers[w.r.IntN(len(answers))])
	if w.r.IntN(6) == 0 {
		r.Data, r.Error = nil, "down"
	}
	return conversation.Event{Kind: conversation.KindResult, Result: &r}
}

// silence lets time pass to the next deadline.
func (w *world) silence() conversation.Event {
	if w.c.WakeAt > 0 {
		w.env.Now = max(w.env.Now, w.c.WakeAt)
	}
	return conversation.Event{Kind: conversation.KindTimer}
}

func (w *world) agent() conversation.Event {
	if op := w.r.IntN(18); op < 4 {
		d := w.c.State
		return conversation.Event{Kind: conversation.KindAgent, Agent: &conversation.Agent{Op: []string{"assign", "reassign", "abandon", "overdue"}[op], To: "bo",
			Rule: &conversation.Ruling{Queue: "default", Awaiting: d.Awaiting, Active: conversation.Desk{Wrote: d.Wrote, Replied: d.Replied, Given: d.Given}.Active()}}}
	}
	ops := conversation.Commands()
	slices.Sort(ops)
	a := conversation.Agent{Op: ops[w.r.IntN(len(ops))], Name: "bo", Text: "Hello.", To: []string{"bo", "cy"}[w.r.IntN(2)], Lead: w.r.IntN(3) == 0,
		Until: w.env.Now + 3_600_000, Priority: flows.Alert, Labels: []string{"late"}}
	if runs := w.c.State.Runs; len(runs) > 0 && a.Op == "return" {
		a.Run = runs[w.r.IntN(len(runs))].ID
		if f, ok := w.catalog.ByHash(runs[0].Hash); ok && len(f.Questions()) > 0 {
			a.State = f.Questions()[w.r.IntN(len(f.Questions()))]
		}
	}
	return conversation.Event{Kind: conversation.KindAgent, Agent: &a}
}

// apply steps once and looks at what must always hold.
func (w *world) apply(e conversation.Event) {
	w.events = append(w.events, e)
	before, _ := json.Marshal(w.c.State)
	record := conversation.Record{Event: e, Took: conversation.Took{Now: w.env.Now, Consent: w.env.Consent.State}}
	env := w.env
	env.Flows, env.Reader = conversation.Taking(w.catalog, &record.Took, w.env.Contact), conversation.Noting(w.env.Reader, &record.Took)
	next, effects, out := conversation.Step(env, w.c, e)
	again, same, _ := conversation.Step(w.env, w.c, e)
	if one, two := encoded(next, effects), encoded(again, same); one != two {
		w.t.Errorf("the same input gave\n%s\nand\n%s", one, two)
	}
	if after, _ := json.Marshal(w.c.State); string(after) != string(before) {
		w.t.Error("Step changed what it was given")
	}
	for _, f := range effects { // before the texts: those of an event that opts out count too
		if f.Consent != nil {
			w.env.Consent = *f.Consent
		}
	}
	optedOut := w.env.Consent.State == conversation.OptedOut
	for _, f := range effects {
		switch {
		case f.Contact != nil:
			w.env.Contact.Tags = flows.Retag(w.env.Contact.Tags, f.Contact.Add, f.Contact.Remove)
		case f.Job != nil && f.Job.Kind != conversation.JobCallback:
			w.jobs = append(w.jobs, *f.Job)
		case f.Send != nil && !f.Send.Exempt && optedOut:
			w.t.Errorf("%q goes to a customer who has opted out", f.Send.Text)
		case f.Send != nil && f.Send.Wait > 0:
			w.waits = append(w.waits, conversation.Settled{Message: f.Send.ID, Run: f.Send.Run, Wait: f.Send.Wait})
		case f.Send != nil && f.Send.Text == "" && len(f.Send.Media) == 0:
			w.t.Error("an empty text goes out")
		}
	}
	if out.Status == conversation.Applied && next.Rev != w.c.Rev+1 {
		w.t.Errorf("rev %d follows %d", next.Rev, w.c.Rev)
	}
	state, err := next.State.Encode()
	if err != nil {
		w.t.Error(err)
	}
	if plain, err := json.Marshal(next.State); err != nil || string(plain) != state {
		w.t.Errorf("stored as\n%s\nnot as\n%s (%v)", state, plain, err)
	}
	w.c = next
	w.c.State = conversation.State{}
	if err := w.c.State.Decode(state); err != nil { // as it comes back from the database
		w.t.Error(err)
	}
	if out.Status == conversation.Applied {
		data, err := json.Marshal(record)
		if err != nil {
			w.t.Error(err)
		}
		w.log, w.states = append(w.log, conversation.Logged{Rev: next.Rev, Kind: e.Kind, Data: string(data)}), append(w.states, state)
	}
	if len(state) > 256<<10 {
		w.t.Errorf("the state has %d bytes", len(state))
	}
	w.questions()
	w.clocks()
}

// finish lets every deadline pass and people hand back what they have: at the end no
// run may be left.
func (w *world) finish() {
	for range 400 {
		switch {
		case w.t.Failed():
			return
		case w.c.State.Owner == conversation.OwnerQueue || w.c.State.Owner == conversation.OwnerAgent:
			w.apply(conversation.Event{Kind: conversation.KindAgent, Agent: &conversation.Agent{Op: "close", Name: "bo", Lead: true}})
		case w.c.WakeAt > 0:
			w.apply(w.silence())
		case len(w.c.State.Runs) == 0:
			return
		default:
			w.t.Errorf("nothing will ever happen to %d runs: %s", len(w.c.State.Runs), encoded(w.c, nil))
			return
		}
	}
	w.t.Errorf("it does not come to an end: %s", encoded(w.c, nil))
}

// history shows the last events.
func (w *world) history() string {
	var out string
	for _, e := range w.events[max(0, len(w.events)-12):] {
		b, _ := json.Marshal(e)
		out += fmt.Sprintf("  %s\n", b)
	}
	return out
}
