package conversation

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"parley/flows"
)

// Rehearsal plays one conversation in memory through the real Step: for written
// dialogues and for talking to a flow in the terminal. The carrier takes every
// question at once, and the customer thinks for half a minute.
type Rehearsal struct {
	Env          Env
	Conversation Conversation

	flow    string // that start begins
	calls   []*Job // that wait for their answers
	said    []string
	emitted []*Job
	records []Decision
	ended   map[string]string // run → outcome
	last    string            // the run that was started or ended last
}

// thinks is how long the customer takes for an answer: longer than a text can
// belong to the question before.
const thinks = 30 * time.Second

// RehearsalStart is the moment at which every rehearsal begins: a Monday morning.
func RehearsalStart() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

// NewRehearsal sets the stage for a flow: a line of the brand Acme, a customer, a
// Monday morning.
func NewRehearsal(library Flows, reader flows.Reader, flow string) *Rehearsal {
	const number, customer = "+12025550100", "+12025550123"
	brand := flows.Brand{ID: "acme", Name: "Acme", Contact: "help@acme.example", Timezone: "UTC"}
	consent := Consent{Phone: customer}
	if library != nil {
		if f, ok := library.Current(flow); ok {
			brand.ID = cmp.Or(f.Brand, brand.ID)
			if f.Class == flows.Bulk {
				consent.State = OptedIn // else there would be nothing to rehearse
			}
		}
	}
	return &Rehearsal{flow: flow, ended: map[string]string{},
		Env: Env{Now: RehearsalStart().UnixMilli(), Flows: library, Reader: reader,
			Consent: consent, Line: Line{Number: number, Brand: brand, Callbacks: []string{"*"}, Zone: time.UTC}},
		Conversation: Conversation{ID: "rehearsal", Line: number, Phone: customer},
	}
}

// Apply steps once, and lets the carrier take what was asked.
func (r *Rehearsal) Apply(e Event) Outcome {
	next, effects, out := Step(r.Env, r.Conversation, e)
	r.Conversation = next
	for _, effect := range effects {
		switch {
		case effect.Send != nil:
			if !effect.Send.ByAgent { // the dialogue has the agent's own line
				r.said = append(r.said, spoken(effect.Send.Text, effect.Send.Media))
			}
			if m := effect.Send; m.Wait > 0 {
				defer r.Apply(Event{Kind: KindSent, Settled: &Settled{Message: m.ID, Run: m.Run, Wait: m.Wait}})
			}
		case effect.Consent != nil:
			r.Env.Consent = *effect.Consent
		case effect.Contact != nil:
			r.Env.Contact.Tags = flows.Retag(r.Env.Contact.Tags, effect.Contact.Add, effect.Contact.Remove)
		case effect.Job != nil && effect.Job.Kind == JobCall:
			r.calls = append(r.calls, effect.Job)
		case effect.Job != nil:
			r.happened(effect.Job)
		case effect.Account != nil:
			r.happened(askedOf(*effect.Account))
		case effect.Record != nil:
			r.records = append(r.records, *effect.Record)
		}
	}
	return out
}

// spoken is a text as dialogues write it: attachments stand before it.
func spoken(text string, media []flows.Media) string {
	var b strings.Builder
	for _, m := range media {
		b.WriteString("[" + flows.MediaWord(m.Type) + " " + m.URL + "] ")
	}
	return strings.TrimSpace(b.String() + text)
}

func (r *Rehearsal) happened(j *Job) {
	switch j.Name {
	case "run.started":
		r.last = j.Run
	case "run.ended":
		outcome, _ := j.Data["outcome"].(string)
		r.ended[j.Run], r.last = outcome, j.Run
	}
	r.emitted = append(r.emitted, j)
}

// askedOf shows what was asked of an account as if it were told, so that dialogues can
// see it: account.alert, account.recognise, account.lock, account.verify.
func askedOf(a AccountChange) *Job {
	ids := []any{}
	for _, t := range a.Transactions {
		ids = append(ids, t.ID)
	}
	data := map[string]any{"account": a.Account, "transactions": ids}
	if a.Op == "lock" {
		data["scope"], data["reason"] = a.Scope, a.Reason
	}
	return &Job{Kind: JobCallback, Name: "account." + a.Op, Run: a.Run, Data: data}
}

// Start begins the rehearsal's flow.
func (r *Rehearsal) Start(data map[string]any) Outcome {
	return r.Apply(Event{Kind: KindTrigger, Trigger: &Trigger{Flow: r.flow, Data: data, Language: r.Conversation.State.Language}})
}

// Text is what the customer writes after thinking.
func (r *Rehearsal) Text(text string, media []flows.Media) Outcome {
	r.Pass(thinks)
	return r.Apply(Event{Kind: KindText, Text: &Text{Text: text, Media: media}})
}

// Pass lets time go by, firing what falls due on the way.
func (r *Rehearsal) Pass(d time.Duration) {
	until := r.Env.Now + d.Milliseconds()
	for r.Conversation.WakeAt > 0 && r.Conversation.WakeAt <= until {
		r.Env.Now = max(r.Env.Now, r.Conversation.WakeAt)
		r.Apply(Event{Kind: KindTimer})
	}
	r.Env.Now = until
}

// Said hands over what the business said since the last call.
func (r *Rehearsal) Said() []string {
	said := r.said
	r.said = nil
	return said
}

// Emitted hands over the callbacks since the last call.
func (r *Rehearsal) Emitted() []*Job {
	jobs := r.emitted
	r.emitted = nil
	return jobs
}

// Decisions hands over the decision records since the last call.
func (r *Rehearsal) Decisions() []Decision {
	d := r.records
	r.records = nil
	return d
}

// Perform carries out a written dialogue. The first thing that comes out
// differently is an error that names the file and line, what was written, and what
// came.
func (r *Rehearsal) Perform(d flows.Dialogue) error {
	for _, s := range d.Steps {
		if err := r.perform(s); err != nil {
			return fmt.Errorf("%s:%d: %q: %w", d.File, s.Line, d.Title, err)
		}
	}
	if len(r.said) > 0 {
		return fmt.Errorf("%s: %q: after its last line the bot also said:\n  + < %s", d.File, d.Title, r.unwritten())
	}
	return nil
}

func (r *Rehearsal) perform(s flows.Step) error {
	switch s.Kind {
	case flows.StepBot:
		return r.expectSaid(spoken(s.Text, s.Media))
	case flows.StepEmitted:
		return r.expectEmitted(s)
	case flows.StepState:
		return r.expectState(s.Name, s.Text)
	}
	if len(r.said) > 0 {
		return fmt.Errorf("before this, the bot also said:\n  + < %s", r.unwritten())
	}
	if err := r.stage(s); !errors.Is(err, errNoStage) {
		return err
	}
	if s.Kind == flows.StepCall {
		return r.answer(s)
	}
	if host := r.Awaited(); host != "" {
		return fmt.Errorf("the call to %s waits for its answer: write call 200 {...} or call failed before this", host)
	}
	switch s.Kind {
	case flows.StepStart:
		return applied(r.Start(s.Data))
	case flows.StepEvent:
		return applied(r.Apply(Event{Kind: KindTrigger, Trigger: &Trigger{Type: s.Name, Data: s.Data}}))
	case flows.StepCustomer:
		return applied(r.Text(s.Text, s.Media))
	case flows.StepPass:
		r.Pass(s.For)
	case flows.StepAgent:
		return applied(r.Apply(Event{Kind: KindAgent, Agent: &Agent{Op: s.Name, Name: "agent", Text: s.Text}}))
	default:
		return fmt.Errorf("a line of kind %s cannot be carried out", s.Kind)
	}
	return nil
}

func applied(out Outcome) error {
	if out.Status == Applied {
		return nil
	}
	return fmt.Errorf("this was %s: %s", out.Status, strings.Join(out.Problems, "; "))
}

func (r *Rehearsal) expectSaid(want string) error {
	if len(r.said) == 0 {
		return fmt.Errorf("the bot said nothing\n  - < %s", indented(want))
	}
	got := r.said[0]
	r.said = r.said[1:]
	if got != want {
		return fmt.Errorf("the bot said something else\n  - < %s\n  + < %s", indented(want), indented(got))
	}
	return nil
}

// unwritten are the texts that the dialogue has no lines for.
func (r *Rehearsal) unwritten() string {
	var texts []string
	for _, text := range r.said {
		texts = append(texts, indented(text))
	}
	return strings.Join(texts, "\n  + < ")
}

// indented is a text of several lines as a message shows it, below one another.
func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n      ") }

// expectEmitted looks for the event among those not yet asked for.
func (r *Rehearsal) expectEmitted(s flows.Step) error {
	var near []string
	for i, j := range r.emitted {
		if j.Name != s.Name {
			continue
		}
		if wrong := lacks(j.Data, s.Data); wrong != "" {
			near = append(near, wrong)
			continue
		}
		r.emitted = append(r.emitted[:i:i], r.emitted[i+1:]...)
		return nil
	}
	if len(near) > 0 {
		return fmt.Errorf("%s was emitted, but %s", s.Name, strings.Join(near, "; "))
	}
	return fmt.Errorf("%s was not emitted", s.Name)
}

// lacks says which of the wanted fields differs.
func lacks(got, want map[string]any) string {
	for k, v := range want {
		if !reflect.DeepEqual(plain(got[k]), plain(v)) {
			return fmt.Sprintf("%s is %v, not %v", k, got[k], v)
		}
	}
	return ""
}

func (r *Rehearsal) expectState(name, which string) error {
	got := r.stands()
	switch { // a person may have the conversation while a run waits, or goes on elsewhere
	case name == "handoff" && r.Conversation.State.Handoff != nil:
		got = "handoff " + r.Conversation.State.Handoff.Queue
	case name == "ended" && r.last != "" && r.ended[r.last] != "":
		got = "ended " + r.ended[r.last]
	case name == "state" && len(r.Conversation.State.Runs) > 0:
		got = "state " + r.Conversation.State.Runs[len(r.Conversation.State.Runs)-1].State
	}
	if want := name + " " + which; got != want && (which != "" || !strings.HasPrefix(got, name+" ")) {
		return fmt.Errorf("it stands elsewhere\n  - = %s\n  + = %s", want, got)
	}
	return nil
}

// stands says where the conversation is: with a person, in a state, at an end.
func (r *Rehearsal) stands() string {
	switch i := len(r.Conversation.State.Runs) - 1; {
	case r.Conversation.State.Handoff != nil:
		return "handoff " + r.Conversation.State.Handoff.Queue
	case i >= 0:
		return "state " + r.Conversation.State.Runs[i].State
	case r.last != "":
		return "ended " + r.ended[r.last]
	}
	return "nothing is open"
}

// plain is a value as JSON has it, so that values which differ only in their Go
// types compare equal.
func plain(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var out any
	if json.Unmarshal(b, &out) != nil {
		return v
	}
	return out
}
