package conversation

import (
	"encoding/json"
	"fmt"
	"strings"

	"parley/flows"
)

// Asking is what a slow classifier is told: Job.Data of JobClassify. All of it has been
// masked, so that neither the job's row nor the classifier sees a phone, a code, a secret
// or what the customer has been asked for.
type Asking struct {
	Flow     string `json:"flow"`
	Hash     string `json:"hash"` // of the flow's version
	State    string `json:"state"`
	Language string `json:"language,omitempty"`
	Brand    string `json:"brand,omitempty"`
	About    string `json:"about,omitempty"`  // the flow's title
	Asked    string `json:"asked,omitempty"`  // the question, as the customer read it
	Before   string `json:"before,omitempty"` // what the customer wrote before, in this run
	Text     string `json:"text"`             // what is to be understood
	flows.Ask
}

// Answer is what a slow classifier made of a text: Result.Data of JobClassify.
type Answer struct {
	Intent  string `json:"intent,omitempty"`  // "" : none of those that were offered
	Other   string `json:"other,omitempty"`   // what else it may be
	Certain bool   `json:"certain,omitempty"` // it says that it is certain
	Value   string `json:"value,omitempty"`   // the words of the text that answer the question
	// What it was asked with, and what that took.
	Model  string  `json:"model,omitempty"`
	Prompt string  `json:"prompt,omitempty"` // version of the prompt
	Tokens int64   `json:"tokens,omitempty"`
	Cost   float64 `json:"cost,omitempty"` // in the currency of the configuration's prices
	Cached bool    `json:"cached,omitempty"`
}

// Expense is what asking takes.
type Expense struct {
	Tokens int64
	Micros int64 // cost, in millionths of the currency
}

// Reserved is what a job may do: ask, when OK; nothing, when the day's budget is spent.
// Answer is what an earlier try of the same job was told already, "" for nothing. Settled
// says that its tries are over.
type Reserved struct {
	OK      bool
	Settled bool
	Answer  string
}

// AskingOf reads what a job's classifier is told.
func AskingOf(j Job) (Asking, error) {
	var a Asking
	b, err := json.Marshal(j.Data)
	if err == nil {
		err = json.Unmarshal(b, &a)
	}
	if err != nil {
		return Asking{}, fmt.Errorf("reading what a classifier is asked: %w", err)
	}
	return a, nil
}

func (a Asking) data() map[string]any {
	var out map[string]any
	b, err := json.Marshal(a)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		panic(err) // plain strings
	}
	return out
}

// asking is what a classifier is told of a text; false: nobody may be asked.
func (s *step) asking(c candidate, e Event) (Asking, bool) {
	run := s.c.State.Runs[c.i]
	may, ok := c.flow.Ask(run.State, run.Language)
	if !strings.Contains(words(e.Text.Text), " ") {
		may.Value = "" // one word is the answer itself, or none
	}
	if !ok || !s.env.Line.Classifier || s.e.Test || run.Test || len(may.Intents) == 0 && may.Value == "" {
		return Asking{}, false
	}
	m := s.masker()
	return Asking{Flow: run.Flow, Hash: run.Hash, State: run.State, Language: run.Language, Brand: s.env.Line.Brand.Name, About: c.flow.Title,
		Asked: s.masked(m, c), Before: m.shown(run.LastText), Text: m.shown(e.Text.Text), Ask: may}, true
}

// masked is the question as the customer read it, written with stand-ins for what was
// known of them: no expression can show a part of what is not there.
func (s *step) masked(m *masker, c candidate) string {
	run := s.c.State.Runs[c.i].Run
	run.Vars = make(map[string]any, len(run.Vars))
	for name, v := range s.c.State.Runs[c.i].Vars {
		run.Vars[name] = m.standIn(c.flow, name, v, true)
	}
	sc := s.scope()
	if sc.Contact.Name != "" {
		sc.Contact.Name = "[name]"
	}
	says := c.flow.Repeat(sc, run).Says
	if len(says) == 0 {
		return ""
	}
	return m.shown(says[len(says)-1].Text)
}

// mostShown is how many characters of one text a classifier sees.
const mostShown = 600

// shown masks a text and then cuts it: half of a secret would not be known.
func (m *masker) shown(text string) string {
	runes := []rune(text)
	runes = []rune(m.text(string(runes[:min(len(runes), 4*mostShown)])))
	return string(runes[:min(len(runes), mostShown)])
}

// answer reads what a classifier's job brought back.
func (r Result) answer() (Answer, string) {
	var a Answer
	if len(r.Data) > 0 && json.Unmarshal(r.Data, &a) != nil {
		return Answer{}, "its answer cannot be read"
	}
	return a, r.Error
}
