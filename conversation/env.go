package conversation

import (
	"time"

	"parley/flows"
	"parley/outbound/quiet"
)

// Env is everything that Step may know besides the conversation and the event.
// It is built by the engine for each event; what Step takes from it is stored
// with the event.
type Env struct {
	Now     int64 // the database's clock, Unix ms
	Flows   Flows
	Consent Consent
	Contact flows.Contact // what is known of the phone; the zero value: nothing
	Line    Line
	Reader  flows.Reader
	Config  string // hash of the configuration that Line comes from
	// Trace, when set, notes the ways that flows take: for the coverage of dialogues.
	Trace *flows.Trace
}

// Flows finds flow versions. Current, ForEvent, ForKeyword and ForIntent answer by the files
// loaded now; ByHash, where the engine asks, by every version ever started.
type Flows interface {
	ByHash(hash string) (*flows.Flow, bool)
	Current(name string) (*flows.Flow, bool)
	ForEvent(typ string) []*flows.Flow
	ForKeyword(text string) (f *flows.Flow, args map[string]any, ok bool)
	// ForIntent finds the flow that a text starts by the examples of an intent; nil:
	// the guess is not sure.
	ForIntent(g flows.Guesser, text string) (f *flows.Flow, guess flows.Guess)
	// Successor is the version that a waiting run moves to, by the loaded file's
	// migrate, and the state there; false: the run stays where it is.
	Successor(run flows.Run) (f *flows.Flow, state string, ok bool)
}

// Line is one of the business's senders, as the configuration has it.
type Line struct {
	Number      string      `json:"number"` // E.164, short code or alphanumeric
	Brand       flows.Brand `json:"brand"`
	DefaultFlow string      `json:"default_flow,omitempty"` // started by a text that nothing else reads
	Language    string      `json:"language,omitempty"`     // default of its customers
	OneWay      bool        `json:"one_way,omitempty"`      // cannot receive answers
	// Registered are the countries (ISO 3166-1 alpha-2) where a name as sender is registered.
	Registered []string `json:"registered,omitempty"`
	// Classifier: an LLM may be asked when words and examples are not enough.
	Classifier bool `json:"classifier,omitempty"`
	// Quiet are the hours of the brand's day in which notices and bulk texts are held.
	Quiet quiet.Window `json:"quiet,omitzero"`
	// Callbacks are the event types that the business listens for: exact, a
	// "prefix.*", or "*".
	Callbacks []string `json:"callbacks,omitempty"`

	Zone *time.Location `json:"-"` // of the brand's timezone; nil is UTC
	Open Hours          `json:"-"` // of the brand's hours; zero is always
}

// wants says whether the business listens for events of this type.
func (l *Line) wants(event string) bool {
	for _, pattern := range l.Callbacks {
		if pattern == "*" || pattern == event {
			return true
		}
		if n := len(pattern) - 1; n > 0 && pattern[n] == '*' && len(event) >= n && event[:n] == pattern[:n] {
			return true
		}
	}
	return false
}

// expiries says how long a text is of use once it may go out. Codes follow
// their own lifetime (NIST SP 800-63B: ten minutes at most; five by default).
var expiries = map[Priority]time.Duration{
	PriorityCode:   5 * time.Minute,
	PriorityAlert:  24 * time.Hour,
	PriorityReply:  4 * time.Hour,
	PriorityNotice: 24 * time.Hour,
	PriorityBulk:   24 * time.Hour,
}

// priorityOf ranks a text of a class; one that answers a customer's own text
// goes before notices.
func priorityOf(class flows.Class, answering bool) Priority {
	switch {
	case class == flows.Code:
		return PriorityCode
	case class == flows.Alert:
		return PriorityAlert
	case answering:
		return PriorityReply
	case class == flows.Bulk:
		return PriorityBulk
	}
	return PriorityNotice
}
