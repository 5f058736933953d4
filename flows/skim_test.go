package flows

import (
	"slices"
	"strings"
	"testing"
)

// hasty reads "yes" from anything by its head, and nothing for certain.
type hasty struct{ listened *[]string }

func (hasty) Read(string, string, []string) (string, bool, bool) { return "", false, true }

func (h hasty) Skim(_, _ string, listen []string) (string, bool) {
	*h.listened = listen
	return "yes", slices.Contains(listen, "yes")
}

const skimming = `flow: x
class: CLASS
start: a
on: {replies: [{intent: no, goto: z}]}
intents: {late: {keywords: {en: [late]}}}
states:
  a: {replies: [{intent: no, goto: z}, {intent: late, goto: z}, {intent: yes, as: fine, goto: z}]}
  confirmed: {replies: [{intent: no, goto: z}, {intent: yes, confirm: true, goto: z}]}
  denied: {replies: [{intent: no, confirm: true, goto: z}, {intent: yes, goto: z}]}
  captured: {replies: [{intent: no, goto: z}, {intent: yes, goto: z}], capture: {q: integer}, goto: z}
  photo: {replies: [{intent: no, goto: z}, {intent: yes, goto: z}], capture: {pics: media}, goto: z}
  deaf: {replies: [{intent: late, goto: z}]}
  no_yes: {replies: [{intent: no, goto: z}]}
  z: {end: done}
`

// TestSkimIsForOrdinaryQuestions: where a wrong yes raises access, every word counts,
// and where the rest of the text may be the answer, it is not passed over.
func TestSkimIsForOrdinaryQuestions(t *testing.T) {
	for class, open := range map[Class][]string{Notice: {"a", "photo"}, Bulk: {"a", "photo"}, Alert: nil, Code: nil} {
		f := mustParse(t, strings.Replace(skimming, "CLASS", string(class), 1))
		for _, s := range f.order {
			var listened []string
			r := f.Skim(hasty{&listened}, Run{State: s.name, Language: "en"}, Said{Text: "yes i need to know my balance"})
			if want := slices.Contains(open, s.name); r.Fits != want {
				t.Errorf("%s %s: %+v, want fits %v", class, s.name, r, want)
			}
			if r.Fits && (r.Intent != "yes" || r.Exact || r.Layer != "head" || r.Confirm || r.On || s.replies[r.Reply].intent != "yes") {
				t.Errorf("%s %s: %+v", class, s.name, r)
			}
			if slices.Contains(listened, "late") || s.name == "no_yes" && f.Guesses() && !slices.Equal(listened, []string{"no"}) {
				t.Errorf("%s %s: asked for %v", class, s.name, listened)
			}
		}
	}
	f := mustParse(t, strings.Replace(skimming, "CLASS", "notice", 1))
	if r := f.Skim(nil, Run{State: "a"}, Said{Text: "yes"}); r.Fits {
		t.Error("nobody read it")
	}
	if r := f.Skim(hasty{new([]string)}, Run{State: "gone"}, Said{Text: "yes"}); r.Fits {
		t.Error("there is no such state")
	}
}
