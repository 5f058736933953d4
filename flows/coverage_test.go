package flows

import (
	"slices"
	"testing"
	"time"
)

// kinds lists the kinds of the parts, each with whether it was reached.
func kindsOf(parts []Part, reached bool) []string {
	var out []string
	for _, p := range parts {
		if p.Reached == reached && !slices.Contains(out, p.Kind) {
			out = append(out, p.Kind)
		}
	}
	slices.Sort(out)
	return out
}

// Every kind of part is reached by what leads to it, and only by that.
func TestCoverage(t *testing.T) {
	f := shapes(t)
	trace := &Trace{}
	if got := kindsOf(f.Coverage(trace), true); len(got) > 0 {
		t.Errorf("nothing was played, and %v are reached", got)
	}
	sc := Scope{Now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Brand: Brand{Name: "A|B"}, Trace: trace}
	run := f.Start(sc, Run{Vars: map[string]any{"n": 2, "slots": []any{}}}).Run
	if run.State != "ask" {
		t.Fatal(run.State)
	}
	f.Unfitting(sc, run, Said{Text: "hm"})
	twice := run
	twice.Tries = 1
	f.Unfitting(sc, twice, Said{Text: "hm"})
	f.Silent(sc, run, 0)
	f.Silent(sc, run, 1)
	f.Happened(sc, run, "x.set", nil)
	f.Answer(sc, run, Said{Text: "emergency"}, Reading{Fits: true, On: true})
	parked := f.Answer(sc, run, Said{Text: "say hi"}, Reading{Fits: true}).Run
	f.Happened(sc, parked, "x.go", nil)
	free := f.Answer(sc, run, Said{Text: "x"}, Reading{Fits: true, Reply: 2}).Run
	f.Answer(sc, free, Said{Text: "March 5"}, Reading{Fits: true, Reply: -1, Captured: map[string]any{"day": "2026-03-05"}})
	picks := f.Start(sc, Run{Vars: map[string]any{"n": 1, "slots": []any{"a"}}}).Run
	f.Answer(sc, picks, Said{Text: "1"}, Reading{Fits: true, Reply: -1, Captured: map[string]any{"slot": "a"}})
	agent := f.Start(sc, Run{Vars: map[string]any{"n": 1, "slots": []any{}}}).Run
	f.Return(sc, agent)
	parts := f.Coverage(trace)
	want := []string{"branch", "capture", "choice", "event", "none", "on.reply", "otherwise", "reply", "silence", "state", "then"}
	if got := kindsOf(parts, true); !slices.Equal(got, want) {
		t.Errorf("reached %v, want %v", got, want)
	}
	var missed []string
	for _, p := range parts {
		if !p.Reached {
			missed = append(missed, p.Kind+" "+p.State+" "+p.Name)
		}
		if p.File != "shapes.yaml" || p.Line == 0 {
			t.Errorf("%v has no place", p)
		}
	}
	if want := []string{"reply ask yes", "silence free 1h", "silence pick 1h", "silence parked now + duration('1h')", "event  x.over"}; !slices.Equal(missed, want) {
		t.Errorf("missed %v, want %v", missed, want)
	}
}
