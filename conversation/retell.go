package conversation

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/flows"
)

// Recorded is a stored conversation as Retell needs it.
type Recorded struct {
	Events   []Logged // all, oldest first
	Phone    string   // the customer's, which must not show
	Language string   // what the customer is written in; "" : unknown
	Versions []*flows.Flow
}

// Versions lists the hashes of the flow versions that recorded events name, in the
// order in which they came.
func Versions(events []Logged) ([]string, error) {
	var out []string
	add := func(hashes ...string) {
		for _, h := range hashes {
			if h != "" && !slices.Contains(out, h) {
				out = append(out, h)
			}
		}
	}
	for _, e := range events {
		var r Record
		if err := json.Unmarshal([]byte(e.Data), &r); err != nil {
			return nil, fmt.Errorf("reading event %d: %w", e.Rev, err)
		}
		for _, h := range r.Took.Current {
			add(h)
		}
		for _, hashes := range r.Took.Events {
			add(hashes...)
		}
		for _, k := range r.Took.Keyword {
			add(k.Hash)
		}
		for _, i := range r.Took.Intent {
			add(i.Hash)
		}
		for _, m := range r.Took.Moved {
			add(m.Hash)
		}
	}
	return out, nil
}

// Retell writes a recorded conversation as a dialogue with the customer's data
// taken out. What went in is redacted and played again through a Rehearsal; only
// what that says is written, so that the dialogue holds by construction and nothing
// that was really said to the customer gets into it. Comments at its head say what
// was replaced and whether it still goes as it went.
func Retell(rec Recorded, reader flows.Reader) (string, error) {
	if len(rec.Events) == 0 {
		return "", errors.New("the conversation has no recorded events")
	}
	if rec.Events[0].Rev != 1 {
		return "", errors.New("the beginning of the conversation is no longer stored")
	}
	t := &retelling{phone: strings.TrimPrefix(rec.Phone, "+"), versions: map[string]*flows.Flow{}}
	for _, f := range rec.Versions {
		t.versions[f.Name] = f
	}
	t.redact = newRedactor(func(name string) *flows.Flow { return t.versions[name] })
	for i, e := range rec.Events {
		var r Record
		if err := json.Unmarshal([]byte(e.Data), &r); err != nil {
			return "", fmt.Errorf("reading event %d: %w", e.Rev, err)
		}
		if i == 0 {
			t.begin(rec, r, reader)
		}
		if !t.event(r) {
			break
		}
	}
	t.conclude()
	return t.result()
}

// retelling is a Retell under way.
type retelling struct {
	phone    string
	versions map[string]*flows.Flow // by name
	redact   *redactor
	r        *Rehearsal
	lines    []string
	notes    []string
	was, is  []string // what was decided, then and in the rehearsal
	started  bool
	where    string
}

// begin sets the stage: the clock, and the language if it is not the flow's first.
func (t *retelling) begin(rec Recorded, first Record, reader flows.Reader) {
	flow := ""
	for _, e := range rec.Events {
		var r Record
		_ = json.Unmarshal([]byte(e.Data), &r) // Retell has read or will read it
		for _, d := range r.Decisions {
			if d.About == "start" && flow == "" {
				flow = d.Flow
			}
		}
	}
	t.r = NewRehearsal(flows.LibraryOf(rec.Versions...), reader, flow)
	at := time.UnixMilli(first.Took.Now).UTC().Truncate(time.Minute)
	t.play("@ at " + at.Format("2006-01-02T15:04"))
	if f := t.versions[flow]; f != nil && rec.Language != "" && f.Speaks(rec.Language) != f.Languages[0] {
		t.play("@ lang " + f.Speaks(rec.Language))
	}
}

// play carries out a line and writes it down; false: it could not be carried out.
func (t *retelling) play(line string) bool {
	s, err := flows.ParseStep(line)
	if err == nil {
		t.lines = append(t.lines, line)
		err = t.r.Do(s)
	}
	if err != nil {
		t.notes = append(t.notes, "What follows could not be played: "+err.Error())
		return false
	}
	t.heard()
	return true
}

// heard writes down what came of a line.
func (t *retelling) heard() {
	decisions := t.r.Decisions()
	t.is = append(t.is, gist(decisions)...)
	for _, text := range t.r.Said() {
		t.lines = append(t.lines, botLine(text))
	}
	for _, j := range t.r.Emitted() {
		if slices.ContainsFunc(decisions, func(d Decision) bool { return d.Choice == "emit "+j.Name }) {
			t.lines = append(t.lines, EmittedLine(j.Name, j.Data))
		}
	}
	where := stateLine(t.r.stands())
	if where != t.where && (strings.HasPrefix(where, "= handoff") || strings.HasPrefix(where, "= ended")) {
		t.lines = append(t.lines, where)
	}
	t.where = where
}

// gist is what a comparison looks at: what was read, started, fired and ended.
func gist(decisions []Decision) []string {
	var out []string
	for _, d := range decisions {
		switch d.About {
		case "start", "reading", "silence", "event", "end", "action":
			choice := d.Choice
			if d.Layer == "capture" || d.Layer == "word" && d.State != "" && d.About == "reading" {
				choice = "" // a label of choose is the customer's data
			}
			out = append(out, strings.TrimSpace(d.About+" "+choice+" "+d.State))
		}
	}
	return out
}

// event writes down one recorded event.
func (t *retelling) event(r Record) bool {
	t.was = append(t.was, gist(r.Decisions)...)
	switch e := r.Event; e.Kind {
	case KindResult:
		if e.Result.Kind == JobCall {
			return t.play(t.answered(*e.Result))
		}
	case KindSent: // rehearsals do it by themselves
	case KindTimer:
		early := max(0, t.r.Env.Now-r.Took.Now) + time.Minute.Milliseconds() // rehearsed customers think longer than some
		if due := t.r.Conversation.State.due(); due > 0 && due <= r.Took.Now+early {
			return t.pass(max(time.Duration(due-t.r.Env.Now), time.Duration(r.Took.Now-t.r.Env.Now))*time.Millisecond, true)
		}
	case KindText:
		return t.pass(time.Duration(r.Took.Now-t.r.Env.Now)*time.Millisecond-thinks, false) && t.play(t.texted(*e.Text, r))
	case KindTrigger:
		return t.pass(time.Duration(r.Took.Now-t.r.Env.Now)*time.Millisecond, false) && t.play(t.triggered(*e.Trigger, r))
	case KindAgent:
		op := asIf(r)
		if !slices.Contains(flows.AgentLines, op) || e.Agent.State != "" {
			t.notes = append(t.notes, fmt.Sprintf("An agent's %s came, which dialogues cannot say.", op))
			return true
		}
		line := "* " + op
		if e.Agent.Text != "" {
			line += " " + t.redact.free(e.Agent.Text)
		}
		return t.pass(time.Duration(r.Took.Now-t.r.Env.Now)*time.Millisecond, false) && t.play(line)
	default:
		t.notes = append(t.notes, fmt.Sprintf("An event of kind %s came, which dialogues cannot say.", e.Kind))
	}
	return true
}

// asIf is what a person did, or would have done for what a queue's rule did.
func asIf(r Record) string {
	op := r.Event.Agent.Op
	if r.Event.Agent.Rule == nil {
		return op
	}
	for _, d := range r.Decisions {
		if d.About == "owner" {
			op = cmp.Or(map[string]string{string(OwnerAgent): "take", string(OwnerBot): "return"}[d.Choice], op)
		}
	}
	return op
}

// pass lets whole minutes go by, rounded up so that a timer fires.
func (t *retelling) pass(d time.Duration, up bool) bool {
	minutes := d.Truncate(time.Minute)
	if up && minutes < d {
		minutes += time.Minute
	}
	if minutes <= 0 {
		return true
	}
	text := strings.TrimSuffix(minutes.String(), "0s")
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return t.play("~ " + text)
}

// triggered is the line of a business event.
func (t *retelling) triggered(e Trigger, r Record) string {
	var starts []string
	flow := ""
	for _, d := range r.Decisions {
		if d.About == "start" {
			starts = append(starts, d.Flow)
		}
		if flow == "" {
			flow = d.Flow
		}
	}
	data := t.redact.data(flow, e.Data)
	if !t.started && len(starts) == 1 && starts[0] == t.r.flow {
		t.started = true
		return lineOf("start", data)
	}
	return lineOf("event "+e.Type, data)
}

// answered is the line of a call's answer.
func (t *retelling) answered(result Result) string {
	var answer struct {
		Status int            `json:"status"`
		Body   map[string]any `json:"body"`
	}
	if result.Error != "" || json.Unmarshal(result.Data, &answer) != nil || answer.Status == 0 {
		return "call failed"
	}
	return lineOf(fmt.Sprintf("call %d", answer.Status), t.redact.data("", answer.Body))
}

func lineOf(what string, data map[string]any) string {
	return what + strings.TrimPrefix(EmittedLine("", data), "! ")
}

// texted is the line of a customer's text: words that a reply read stay, of all
// else nothing does.
func (t *retelling) texted(e Text, r Record) string {
	for _, k := range r.Took.Keyword {
		if f := t.byHash(k.Hash); f != nil {
			t.redact.data(f.Name, k.Args) // so that scrub knows them
		}
	}
	text := t.redact.free
	for _, d := range r.Decisions {
		switch {
		case d.About == "consent", d.About == "reading" && t.stays(d):
			text = t.redact.scrub
		case d.About == "reading" && (d.Layer == "model" || d.Layer == "llm") && d.Choice != "unsure":
			if f := t.versions[d.Flow]; f != nil && f.Example(d.State, d.Choice) != "" { // as good, and nobody's data
				text = func(string) string { return f.Example(d.State, d.Choice) }
			}
		case d.About == "reading" && d.Layer == "capture" && t.captures(d) != "":
			text = func(s string) string { return t.redact.answer(t.captures(d), s) }
		}
	}
	var b strings.Builder
	b.WriteString("> ")
	for i, m := range e.Media {
		fmt.Fprintf(&b, "[%s %d%s] ", flows.MediaWord(m.Type), i+1, flows.MediaEnding(m.Type))
	}
	if e.Text != "" {
		b.WriteString(flows.OneLine(text(e.Text)))
	}
	return strings.TrimRight(b.String(), " ")
}

// stays says whether the words of a text may stay that was read so.
func (t *retelling) stays(d Decision) bool {
	switch d.Layer {
	case "word", "pattern", "lexicon":
		return true
	}
	return d.Choice == "courtesy"
}

// captures is the kind of the value that an answer was read as, if its form may
// stay; "": it may not.
func (t *retelling) captures(d Decision) string {
	f := t.versions[d.Flow]
	if f == nil {
		return ""
	}
	if kind := f.Captures(d.State); slices.Contains([]string{"integer", "number", "date", "time", "datetime", "money", "pattern"}, kind) {
		return kind
	}
	return ""
}

func (t *retelling) byHash(hash string) *flows.Flow {
	for _, f := range t.versions {
		if f.Hash == hash {
			return f
		}
	}
	return nil
}

// conclude says where it goes otherwise than it went.
func (t *retelling) conclude() {
	for i, was := range t.was {
		switch {
		case i >= len(t.is):
			t.notes = append(t.notes, fmt.Sprintf("It goes otherwise than it went: then came %q, here nothing more.", was))
		case t.is[i] != was:
			t.notes = append(t.notes, fmt.Sprintf("It goes otherwise than it went: then came %q, here %q.", was, t.is[i]))
		default:
			continue
		}
		return
	}
}

// result is the whole dialogue; an error if it would show what it must not.
func (t *retelling) result() (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# recorded: %s\n", t.r.flow)
	fmt.Fprintf(&b, "# Replaced: %s. The brand is the rehearsals', the clock UTC.\n", t.redact.summary())
	b.WriteString("# Words that a reply read, dates, and numbers below 100 stay: read them before you share this.\n")
	for _, n := range t.notes {
		fmt.Fprintf(&b, "# %s\n", t.redact.scrub(flows.OneLine(n)))
	}
	for _, line := range t.lines {
		b.WriteString(line + "\n")
	}
	text := b.String()
	for _, s := range append(t.redact.secret, t.phone) {
		if len(s) > 3 && strings.Contains(strings.ToLower(text), strings.ToLower(s)) {
			return "", errors.New("the dialogue would show a secret or the customer's number: nothing is written")
		}
	}
	return text, nil
}
