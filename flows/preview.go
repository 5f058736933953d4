package flows

import (
	"maps"
	"strings"
)

// Shown is one text of a flow as a customer reads it.
type Shown struct {
	State    string
	Kind     string // say, resume, silence 24h, otherwise, handoff, closed
	Language string
	Text     string
	Problem  string // instead of Text: why it could not be written
}

// Preview writes every text of the flow, state by state and language by language, in
// the flow's order; a language "" means all of them. Variables that are not in vars
// are made up where their type says how. With worst, every expression is as long as
// it may get, as the checker counts it.
func (f *Flow) Preview(sc Scope, vars map[string]any, language string, worst bool) []Shown {
	var out []Shown
	if sc.Opens == "" {
		sc.Opens = "9:00 AM"
	}
	all := f.sampleVars(sc, vars)
	for _, s := range f.order {
		for _, t := range s.everyText() {
			for i, lang := range f.Languages {
				if language != "" && lang != language {
					continue
				}
				one := Shown{State: s.name, Kind: t.kind, Language: lang}
				if worst {
					one.Text = t.texts.in(i).worst(f, lang)
				} else {
					one.Text, one.Problem = f.show(sc, s, t, Run{State: s.name, Language: lang, Vars: all})
				}
				out = append(out, one)
			}
		}
	}
	return out
}

// sampleVars are the given values, and made-up ones for what states capture.
func (f *Flow) sampleVars(sc Scope, given map[string]any) map[string]any {
	out := make(map[string]any, len(f.vars))
	for name, v := range f.vars {
		if value := v.sample(sc.Now); value != nil {
			out[name] = value
		}
	}
	maps.Copy(out, given)
	return out
}

// show writes one text with what the state offers below it.
func (f *Flow) show(sc Scope, s *state, t stateText, run Run) (text, problem string) {
	c := f.call(&sc, &run)
	defer f.giveBack(c)
	if s.choose != nil {
		if _, err := c.offer(s.choose); err != nil {
			return "", err.Error()
		}
	}
	text, err := t.texts.in(c.lang).render(c)
	if err != nil {
		return "", err.Error()
	}
	if s.choose != nil && t.asks && !t.texts.uses("choices") {
		text = strings.TrimSpace(text + "\n" + c.choices())
	}
	return text, ""
}

// stateText is one text of a state and what it is for.
type stateText struct {
	kind  string
	texts *texts
	asks  bool
}

// everyText lists the state's texts, in the order in which they may be sent.
func (s *state) everyText() []stateText {
	var out []stateText
	add := func(kind string, t *texts, asks bool) {
		if t != nil {
			out = append(out, stateText{kind, t, asks})
		}
	}
	add("say", s.say, true)
	add("resume", s.resume, true)
	for _, st := range s.silence {
		add("silence "+st.when(), st.say, false)
	}
	if s.otherwise != nil {
		add("otherwise", s.otherwise.say, false)
	}
	if s.handoff != nil {
		add("handoff", s.handoff.say, false)
		add("closed", s.handoff.closedSay, false)
	}
	return out
}
