package flows

import (
	"maps"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

const moving = `flow: x
languages: [en, es]
input: {order: string}
start: hello
on:
  events:
    e.flow: {goto: told}
    e.both: {goto: told}
    e.note: {set: {noted: "{{ event.data.what }}"}}
states:
  hello: {say: {en: "Hi.", es: "Hola."}, goto: ask}
  ask:
    do: [{set: {count: "{{ (count ?? 0) + 1 }}"}}]
    say: {en: "Question {{ count }}?", es: "Pregunta {{ count }}?"}
    capture: {pics: media}
    replies:
      - {match: again, goto: ask}
      - {match: agent, goto: person}
      - {match: parked, goto: parked}
      - {match: broken, goto: broken}
      - {match: done, as: fine, set: {chosen: "{{ reply.as }} {{ reply.text }}"}, do: [{emit: {event: e.done, data: {n: "{{ count }}", pics: "{{ pics ?? [] }}"}}}], goto: bye}
    otherwise: {say: {en: "Sorry?", es: "Perdon?"}, tries: 2, goto: person}
    silence:
      - {after: 1h, say: {en: "Still there?", es: "Sigue ahi?"}}
      - {after: 2h, goto: gone}
    on: {events: {e.state: {goto: bye}, e.both: {goto: bye}}}
  parked: {say: {en: "Wait.", es: "Espere."}, on: {events: {e.go: {goto: ask}}}, silence: {after: 3h, goto: gone}}
  broken: {say: {en: "lost {{ 1 / (count - count) }}", es: x}, goto: bye}
  person:
    handoff: {queue: q, note: "{{ order }}: {{ last_text }}", priority: alert, say: {en: "A colleague.", es: "Un colega."}, closed_say: {en: "From {{ opens }}.", es: "Desde {{ opens }}."}, then: ask}
  told: {say: {en: "Told {{ event.type }} {{ event.data.what }}.", es: x}, goto: ask}
  bye: {say: {en: "Bye {{ chosen ?? '' }}.", es: "Adios."}, end: completed}
  gone: {end: unanswered}
`

func spoken(m Move) string {
	var out []string
	for _, s := range m.Says {
		text := s.Text
		if s.Asks {
			text += "*"
		}
		out = append(out, text)
	}
	return strings.Join(out, " | ")
}

func begin(t *testing.T) (*Flow, Run) {
	t.Helper()
	f := mustParse(t, moving)
	m := f.Start(Scope{}, Run{ID: "r", Flow: f.Name, Hash: f.Hash, Vars: map[string]any{"order": "A-1"}, Language: "en"})
	if spoken(m) != "Hi. | Question 1?*" || !m.Asks || !m.Moved || m.Run.State != "ask" || m.Run.ID != "r" {
		t.Fatalf("%+v", m)
	}
	for step, after := range []time.Duration{time.Hour, 2 * time.Hour} {
		if a, ok, err := f.Alarm(Scope{}, m.Run, step, time.Time{}); !m.Clock || !ok || err != nil || a != (Alarm{step, time.Time{}.Add(after)}) {
			t.Fatalf("step %d: %v, %v, %v", step, a, ok, err)
		}
	}
	return f, m.Run
}

func say(f *Flow, run Run, text string) Move {
	said := Said{Text: text}
	r := f.Read(Scope{}, nil, run, said)
	if !r.Fits {
		return f.Unfitting(Scope{}, run, said)
	}
	return f.Answer(Scope{}, run, said, r)
}

func TestAnswer(t *testing.T) {
	f, run := begin(t)
	before := maps.Clone(run.Vars)
	m := say(f, run, "done!")
	if spoken(m) != "Bye fine done!." || m.End != "completed" || m.Run.LastText != "done!" || m.Asks {
		t.Errorf("%+v", m)
	}
	if want := []Action{{Kind: "emit", Name: "e.done", Data: map[string]any{"n": 1, "pics": []any{}}}}; !reflect.DeepEqual(m.Actions, want) {
		t.Errorf("%#v", m.Actions)
	}
	if !reflect.DeepEqual(run.Vars, before) {
		t.Errorf("the given run was changed: %v", run.Vars)
	}
	// A move to the same state begins a new wait.
	if m := say(f, run, "again"); spoken(m) != "Question 2?*" || !m.Moved || m.Run.Tries != 0 {
		t.Errorf("%+v", m)
	}
}

func TestUnfitting(t *testing.T) {
	f, run := begin(t)
	for range 2 {
		m := say(f, run, "what")
		if spoken(m) != "Sorry?" || m.Moved || !m.Asks || m.Handoff != nil {
			t.Fatalf("%+v", m)
		}
		run = m.Run
	}
	m := say(f, run, "what now")
	want := &Handoff{Queue: "q", Note: "A-1: what now", Priority: Alert}
	if !reflect.DeepEqual(m.Handoff, want) || spoken(m) != "A colleague." || m.Asks {
		t.Errorf("%+v", m)
	}
	if back := f.Return(Scope{}, m.Run); spoken(back) != "Question 2?*" || back.Run.Tries != 0 {
		t.Errorf("%+v", back)
	}
	// Closed hours have their own words.
	if m := f.Unfitting(Scope{Opens: "nine"}, run, Said{Text: "x"}); spoken(m) != "From nine." {
		t.Errorf("%+v", m)
	}
	// Without otherwise a person is asked.
	g := mustParse(t, "flow: y\nstart: a\nstates: {a: {replies: [{match: x, goto: z}]}, z: {end: z}}")
	if m := say(g, Run{State: "a"}, "y"); m.Handoff == nil || m.Problem != "" || m.Moved {
		t.Errorf("%+v", m)
	}
	if m := g.Return(Scope{}, Run{State: "a"}); m.End != "by_agent" {
		t.Errorf("%+v", m)
	}
}

func TestAttach(t *testing.T) {
	f, run := begin(t)
	photo := []Media{{URL: "x.jpg", Type: "image/jpeg"}}
	m, ok := f.Attach(Scope{}, run, photo)
	if !ok || m.Moved || !m.Asks || len(m.Says) > 0 || m.Run.Tries != 0 || run.Vars["pics"] != nil {
		t.Fatalf("%v %+v", ok, m)
	}
	m, _ = f.Attach(Scope{}, m.Run, photo)
	m = say(f, m.Run, "done")
	if pics := m.Actions[0].Data["pics"].([]any); len(pics) != 2 {
		t.Errorf("%v", pics)
	}
	if _, ok := f.Attach(Scope{}, Run{State: "parked"}, photo); ok {
		t.Error("a state without media took some")
	}
}

func TestHappened(t *testing.T) {
	f, run := begin(t)
	for typ, want := range map[string]string{
		"e.state": "Bye .", "e.both": "Bye .", "e.flow": "Told e.flow it. | Question 2?*", "e.note": "",
	} {
		m, ok := f.Happened(Scope{}, run, typ, map[string]any{"what": "it"})
		if !ok || spoken(m) != want || m.Problem != "" || !f.Listens(run, typ) {
			t.Errorf("%s: %v %+v", typ, ok, m)
		}
		if typ == "e.note" && (m.Moved || m.Run.Vars["noted"] != "it" || !m.Asks) {
			t.Errorf("%+v", m)
		}
	}
	if _, ok := f.Happened(Scope{}, run, "e.go", nil); ok || f.Listens(run, "e.go") {
		t.Error("an event of another state was heard")
	}
}

func TestParked(t *testing.T) {
	f, run := begin(t)
	m := say(f, run, "parked")
	if spoken(m) != "Wait." || m.Asks || !m.Clock || m.End != "" || m.Handoff != nil {
		t.Errorf("%+v", m)
	}
	if r := f.Repeat(Scope{}, m.Run); len(r.Says) > 0 {
		t.Errorf("a parked state was repeated: %+v", r)
	}
	if m, ok := f.Happened(Scope{}, m.Run, "e.go", nil); !ok || spoken(m) != "Question 2?*" {
		t.Errorf("%+v", m)
	}
}

func TestSilent(t *testing.T) {
	f, run := begin(t)
	if m := f.Silent(Scope{}, run, 0); spoken(m) != "Still there?" || m.Moved || !m.Asks || m.Run.State != "ask" {
		t.Errorf("%+v", m)
	}
	if m := f.Silent(Scope{}, run, 1); m.End != "unanswered" || !m.Moved {
		t.Errorf("%+v", m)
	}
	if m := f.Silent(Scope{}, run, 2); m.Problem == "" || m.Handoff == nil {
		t.Errorf("%+v", m)
	}
}

func TestRepeat(t *testing.T) {
	f, run := begin(t)
	run.Language = "es"
	if m := f.Repeat(Scope{}, run); spoken(m) != "Pregunta 1?*" || m.Moved || !m.Asks || !reflect.DeepEqual(m.Run, run) {
		t.Errorf("%+v", m)
	}
}

func TestLanguages(t *testing.T) {
	f, run := begin(t)
	for lang, want := range map[string]string{"es": "Pregunta 1?*", "es-MX": "Pregunta 1?*", "fr": "Question 1?*", "": "Question 1?*"} {
		run.Language = lang
		if m := f.Repeat(Scope{}, run); spoken(m) != want {
			t.Errorf("%q: %s", lang, spoken(m))
		}
	}
}

// A move that fails sends nothing, asks nothing, and leaves the run where it was.
func TestProblems(t *testing.T) {
	f, run := begin(t)
	m := say(f, run, "broken")
	if m.Problem == "" || m.Handoff == nil || len(m.Says)+len(m.Actions) > 0 || !reflect.DeepEqual(m.Run, run) {
		t.Errorf("%+v", m)
	}
	g := mustParse(t, strings.Replace(moving, "on:\n", "on:\n  error: {goto: bye}\n", 1))
	if m := say(g, run, "broken"); m.Problem == "" || m.Handoff != nil || m.End != "completed" || spoken(m) != "Bye ." {
		t.Errorf("%+v", m)
	}
	for name, m := range map[string]Move{
		"unknown state":  f.Answer(Scope{}, Run{State: "nowhere"}, Said{}, Reading{}),
		"unknown reply":  f.Answer(Scope{}, run, Said{}, Reading{Fits: true, Reply: 99}),
		"no way":         f.Answer(Scope{}, run, Said{}, Reading{Fits: true, Reply: -1}),
		"endless circle": mustParse(t, "flow: x\nstart: a\nstates: {a: {goto: b}, b: {goto: a}}").Start(Scope{}, Run{}),
	} {
		if m.Problem == "" || m.Handoff == nil || m.Moved {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if _, ok := f.Happened(Scope{}, Run{State: "nowhere"}, "e.flow", nil); ok {
		t.Error("an event moved a run without a state")
	}
}

func TestRunKey(t *testing.T) {
	f := mustParse(t, "flow: x\nkey: \"{{ order }}/{{ n }}\"\ninput: {order: string, n: {type: integer, default: 1}}\nstart: z\nstates: {z: {end: z}}")
	if key, err := f.RunKey(Scope{}, map[string]any{"order": "A", "n": 2.0}); key != "A/2" || err != nil || !f.HasKey {
		t.Errorf("%q, %v", key, err)
	}
	if _, err := f.RunKey(Scope{}, map[string]any{"order": strings.Repeat("x", 300)}); err == nil {
		t.Error("a long key was accepted")
	}
}

// One Flow serves any number of goroutines, and no call sees another's values.
func TestFlowsAreShared(t *testing.T) {
	f, run := begin(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				r := run
				r.Vars = map[string]any{"order": "A-1", "count": i*1000 + j}
				if m := say(f, r, "again"); m.Run.Vars["count"] != i*1000+j+1 {
					t.Errorf("count is %v", m.Run.Vars["count"])
				}
			}
		})
	}
	wg.Wait()
}
