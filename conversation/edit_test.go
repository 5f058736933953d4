package conversation_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/conversation"
	"parley/conversation/store"
	"parley/conversation/store/storetest"
	"parley/flows"
)

// visit has a run wait in every way there is: a question, a choice, an answer to be
// captured, an event, a moment, a person.
const visit = `
flow: visit
title: Waits in every way
languages: [en, es]
trigger: {events: [count.me], keywords: [VISIT]}
input: {times: {type: list, default: [{at: "9:00"}, {at: "10:00"}]}}
start: ask
on: {events: {visit.over: {goto: over}}}
states:
  ask:
    say: {en: "{{ brand }}: will you come?", es: "{{ brand }}: vendra?"}
    replies: [{match: [yes, si], goto: pick}, {match: [no], goto: over}]
    silence: {after: 24h, goto: over}
  pick:
    say: {en: "When?", es: "Cuando?"}
    choose: {from: times, label: item.at, as: chosen}
    goto: note
    silence: {after: 24h, goto: over}
  note:
    say: {en: "At {{ chosen.at }}. What shall we know?", es: "A las {{ chosen.at }}. Que debemos saber?"}
    capture: {words: text}
    goto: parked
    silence: {after: 24h, goto: over}
  parked:
    say: {en: "Noted: {{ words }}", es: "Anotado: {{ words }}"}
    on: {events: {visit.call: {goto: person}}}
    silence: {after: 48h, goto: late}
  person: {handoff: {queue: visits, then: back}}
  back: {say: {en: "Thank you.", es: "Gracias."}, end: back}
  late: {say: {en: "It is late.", es: "Es tarde."}, end: late}
  over: {say: {en: "All right.", es: "De acuerdo."}, end: over}
`

// edits are what breaks live runs elsewhere.
var edits = map[string]func(string) string{
	"nothing": func(s string) string { return s },
	"the states": func(s string) string {
		return strings.NewReplacer("ask", "asked", "pick", "picked", "note", "noted", "parked", "parking", "person", "people", "back", "backed", "over", "done", "late", "later").Replace(s)
	},
	"the words":  func(s string) string { return strings.Replace(s, "[yes, si]", "[aye]", 1) },
	"the timers": func(s string) string { return strings.NewReplacer("24h", "700h", "48h", "700h").Replace(s) },
	"a language": func(s string) string {
		var out []string
		for line := range strings.Lines(strings.Replace(s, "[en, es]", "[en]", 1)) {
			before, rest, found := strings.Cut(line, ", es: ")
			if found {
				_, after, _ := strings.Cut(rest[1:], `"`)
				line = before + after
			}
			out = append(out, line)
		}
		return strings.Join(out, "")
	},
	"the triggers": func(s string) string { return strings.Replace(s, "[count.me], keywords: [VISIT]", "[other]", 1) },
	"the flow":     func(string) string { return counting },
}

// waiting is a run that waits somewhere when the file is edited, and what happens to
// it afterwards.
type waiting struct {
	where          string
	before, after  []string // texts, "!type" of an event, "*op" of an agent, "~" of the deadline
	language, last string
}

var everywhere = []waiting{
	{"ask", nil, []string{"yes", "2", "the bell", "~"}, "en", "It is late."},
	{"ask in Spanish", nil, []string{"si", "1", "el timbre", "~"}, "es", "Es tarde."},
	{"pick", []string{"yes"}, []string{"1", "the bell", "!visit.over"}, "en", "All right."},
	{"note", []string{"yes", "1"}, []string{"the bell", "!visit.call", "*take", "*return"}, "en", "Thank you."},
	{"parked", []string{"yes", "1", "the bell"}, []string{"~"}, "en", "It is late."},
	{"person", []string{"yes", "1", "the bell", "!visit.call", "*take"}, []string{"*return"}, "en", "Thank you."},
	{"person in Spanish", []string{"si", "1", "el timbre", "!visit.call", "*take"}, []string{"*return"}, "es", "Gracias."},
	{"by silence", []string{"yes"}, []string{"~"}, "en", "All right."},
}

// TestEditUnderLiveRuns edits the file while runs wait in every state, restarts, and
// goes on with two nodes that know only the edited file: every run goes on and ends as
// the version says that started it.
func TestEditUnderLiveRuns(t *testing.T) {
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			edited := edit(visit)
			if _, err := flows.Parse("edited.yaml", []byte(edited)); err != nil {
				t.Fatal(err)
			}
			storetest.EachURL(t, func(t *testing.T, url string) { editUnder(t, url, edited) })
		})
	}
}

func editUnder(t *testing.T, url, edited string) {
	var ahead atomic.Int64
	options := store.Options{URL: url, Ahead: func() time.Duration { return time.Duration(ahead.Load()) }}
	phone := func(i int) string { return fmt.Sprintf("+120255503%02d", i) }
	t.Run("before", func(t *testing.T) { // its engine ends with it
		e := engineOn(t, storetest.Open(t, options), visit, nil)
		for i, w := range everywhere {
			begin := start(phone(i))
			begin.Trigger.Language = w.language
			submit(t, e, begin)
			happen(t, e, phone(i), "b", w.before)
		}
	})
	s := storetest.Open(t, options)
	nodes := []*conversation.Engine{engineOn(t, s, edited, nil), engineOn(t, storetest.Open(t, options), edited, nil)}
	for i, w := range everywhere {
		for n, what := range w.after {
			if what != "~" {
				happen(t, nodes[n%2], phone(i), fmt.Sprint("a", n), []string{what})
			}
		}
	}
	for range 2 { // a deadline, and the next that it may lead to
		ahead.Add(int64(49 * time.Hour))
		for i := range everywhere {
			submit(t, nodes[i%2], conversation.Event{Kind: conversation.KindTimer, Conversation: s.ConversationID(line, phone(i))})
		}
	}
	for i, w := range everywhere {
		c, _, err := s.Conversation(t.Context(), s.ConversationID(line, phone(i)))
		if err != nil {
			t.Fatal(err)
		}
		if said := saidIn(t, s, c.ID); len(c.State.Runs) != 0 || c.State.Handoff != nil || !strings.HasSuffix(said, w.last+"|") {
			t.Errorf("%s: %d runs are left, handoff %+v, said %s, want %s at last", w.where, len(c.State.Runs), c.State.Handoff, said, w.last)
		}
	}
}

// happen submits what happens to one phone, in order.
func happen(t *testing.T, e *conversation.Engine, phone, id string, all []string) {
	t.Helper()
	for n, what := range all {
		ev := text(phone, what, fmt.Sprint(phone, id, n))
		switch what[0] {
		case '!':
			ev = conversation.Event{Kind: conversation.KindTrigger, Line: line, Phone: phone, Trigger: &conversation.Trigger{Type: what[1:]}}
		case '*':
			ev = conversation.Event{Kind: conversation.KindAgent, Line: line, Phone: phone, Agent: &conversation.Agent{Op: what[1:], Name: "bo"}}
		}
		if out := submit(t, e, ev)[0]; out.Status != conversation.Applied {
			t.Errorf("%s of %s was %s: %v", what, phone, out.Status, out.Problems)
		}
	}
}
