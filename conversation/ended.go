package conversation

import (
	"slices"

	"parley/flows"
)

// Ended is the result of one run: what a business wants to know of it once it is
// over. It holds no texts, and nothing that the flow calls secret.
type Ended struct {
	Run, Conversation string
	Line, Phone       string
	Flow, Hash        string
	Key               string // "" : the flow has none, or it is made of a secret
	Language          string
	Outcome           string // "" : the run is live
	State             string // the last one
	Path              string // the states that it has been in, see flows.Run
	BeganAt, EndedAt  int64  // Unix ms; EndedAt 0: the run is live
	// AnswerIn is how long the customer took for the first answer, in ms since the
	// carrier took the question (since the run began, where that is not known); 0:
	// nothing was answered.
	AnswerIn int64
	Texts    int64 // that the run said, parts not counted
	Test     bool  // came of a test key
	// Instead is the EndedAt of the result that this one replaces: a late answer took
	// up a run that its silence had ended. 0: of none.
	Instead int64
	Details Details
}

// Details are the parts of a result that differ from flow to flow.
type Details struct {
	Answers  map[string]any `json:"a,omitempty"` // every variable: inputs, answers, what set gave
	Readings []ReadAs       `json:"r,omitempty"` // the last of each state, in the order given
	Photos   []string       `json:"p,omitempty"` // addresses of the media that the customer sent
}

// ReadAs is how an answer was read: by the name that its reply has for it.
type ReadAs struct {
	State string `json:"s"`
	As    string `json:"as"`
}

// tally is what a live run keeps for its result.
type tally struct {
	BeganAt  int64    `json:"bg,omitempty"` // Unix ms
	AnswerIn int64    `json:"ai,omitempty"` // ms, see Ended
	Texts    int64    `json:"tx,omitempty"`
	Readings []ReadAs `json:"rd,omitempty"`
	EndedAt  int64    `json:"ea,omitempty"` // Unix ms; 0: it never ended before
}

// answered notes an answer and how it was read.
func (r *Run) answered(now int64, as string) {
	if r.AnswerIn == 0 {
		since := r.OpenAt
		if since == 0 {
			since = r.BeganAt
		}
		r.AnswerIn = max(1, now-since)
	}
	if as == "" {
		return
	}
	kept := slices.DeleteFunc(slices.Clone(r.Readings), func(a ReadAs) bool { return a.State == r.State })
	r.Readings = append(kept, ReadAs{r.State, as})
}

// Result is what a run has led to so far; f is the version that it is on. Without it (nil)
// nothing of the run's variables is known to be fit to be shown.
func (r *Run) Result(c *Conversation, f *flows.Flow) Ended {
	e := Ended{Run: r.ID, Conversation: c.ID, Line: c.Line, Phone: c.Phone, Flow: r.Flow, Hash: r.Hash, Language: r.Language,
		State: r.State, Path: r.Path, BeganAt: r.BeganAt, AnswerIn: r.AnswerIn, Texts: r.Texts, Test: r.Test, Details: Details{Readings: r.Readings}}
	if f != nil {
		e.Details.Answers, e.Details.Photos = f.Results(r.Vars)
		e.Key = toldKey(f, r.Key)
	}
	return e
}

// toldKey is a run's key as others may see it: one that is made of a secret is not for
// callbacks and results, which are kept and logged elsewhere.
func toldKey(f *flows.Flow, key string) string {
	if f.SecretKey() {
		return ""
	}
	return key
}

// results keeps what a run that is over has led to.
func (s *step) results(run Run, outcome string) {
	f, _ := s.env.Flows.ByHash(run.Hash)
	e := run.Result(&s.c, f)
	e.Outcome, e.EndedAt, e.Instead = outcome, s.env.Now, run.EndedAt
	s.effects = append(s.effects, Effect{Ended: &e})
}

// ResultQuery chooses results: those of a flow whose runs ended in [Since, Until),
// Unix ms, after the row (AfterAt, AfterRun) of the page before.
type ResultQuery struct {
	Flow         string
	Since, Until int64
	AfterAt      int64
	AfterRun     string
}
