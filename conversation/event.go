package conversation

import (
	"encoding/json"

	"parley/flows"
)

// Kind names what happened to a conversation.
type Kind string

// The kinds of events. Each carries exactly one of the payloads of Event.
const (
	KindText     Kind = "text"     // the customer texted (Text)
	KindTrigger  Kind = "trigger"  // the business reported something (Trigger)
	KindMessage  Kind = "message"  // the business wants one text sent (Outgoing)
	KindEndRun   Kind = "end_run"  // the business ends a run (EndRun)
	KindTimer    Kind = "timer"    // a deadline of the conversation passed (no payload)
	KindSent     Kind = "sent"     // the carrier took a question (Settled)
	KindFailed   Kind = "failed"   // a message failed for good (Settled)
	KindOptOut   Kind = "opt_out"  // the carrier says that the phone opted out there (Settled)
	KindUnknown  Kind = "unknown"  // the carrier says that nobody has this number (Settled)
	KindResult   Kind = "result"   // a slow effect came back (Result)
	KindAgent    Kind = "agent"    // an agent acts (Agent)
	KindCode     Kind = "code"     // a one-time code is to be texted (Code)
	KindVerified Kind = "verified" // what became of a code (Verified)
	KindPoisoned Kind = "poisoned" // an earlier event could not be applied (Poisoned)
)

// Kinds lists every kind, for tests that range over them.
var Kinds = []Kind{
	KindText, KindTrigger, KindMessage, KindEndRun, KindTimer, KindSent, KindFailed,
	KindOptOut, KindUnknown, KindResult, KindAgent, KindCode, KindVerified, KindPoisoned,
}

// Event is one thing that happened to one conversation. It is stored as JSON
// beside everything that Step took from its Env, so that a recorded conversation
// can be replayed to the same bytes.
type Event struct {
	Kind         Kind   `json:"kind"`
	Conversation string `json:"conversation,omitempty"` // known when one of our own ids carried it; else from Line and Phone
	Line         string `json:"line,omitempty"`
	Phone        string `json:"phone,omitempty"`
	Carrier      string `json:"carrier,omitempty"` // namespace of Dedupe: a carrier, or "" for Parley's own doors
	Dedupe       string `json:"dedupe,omitempty"`  // "" : cannot repeat
	BodyHash     string `json:"-"`                 // of an API request; another one under the same key is refused
	At           int64  `json:"at,omitempty"`      // when it happened by the sender's clock, Unix ms; 0: unknown
	Test         bool   `json:"test,omitempty"`    // came in by a test key

	Text     *Text     `json:"text,omitempty"`
	Trigger  *Trigger  `json:"trigger,omitempty"`
	Outgoing *Outgoing `json:"outgoing,omitempty"`
	EndRun   *EndRun   `json:"end_run,omitempty"`
	Settled  *Settled  `json:"settled,omitempty"`
	Result   *Result   `json:"result,omitempty"`
	Agent    *Agent    `json:"agent,omitempty"`
	Code     *Code     `json:"code,omitempty"`
	Verified *Verified `json:"verified,omitempty"`
	Poisoned *Poisoned `json:"poisoned,omitempty"`

	// Change, when set, is what becomes of a challenge in the engine's transaction
	// before Step: when it changes no row, the event is refused and nothing is written.
	Change *Change `json:"-"`

	// Guarded, of a dead letter, says that Change was set. What it depended on is not kept,
	// so that the event is never applied again: a code is approved at its moment, or not.
	Guarded bool `json:"guarded,omitempty"`

	// Guard, when set, is a settle that the engine's transaction carries out before
	// Step: when it changes no row, the event is refused and nothing is written.
	Guard *Settlement `json:"-"`
}

// Text is what a customer wrote (an MO, mobile-originated).
type Text struct {
	Text  string        `json:"text"`
	Media []flows.Media `json:"media,omitempty"`
	// OptOut is STOP, START or HELP when the carrier's own opt-out service acted on
	// the text and has answered it already.
	OptOut string `json:"opt_out,omitempty"`
	// Burned are the challenges whose codes the text held: somebody may have asked the
	// customer for them. The codes have been masked before anything was stored.
	Burned Challenges `json:"burned,omitempty"`
}

// Challenges are ids of challenges. One is written as a text, as events always had it:
// nodes of the version before read it too.
type Challenges []string

// MarshalJSON writes a text or a list.
func (c Challenges) MarshalJSON() ([]byte, error) {
	if len(c) == 1 {
		return json.Marshal(c[0])
	}
	return json.Marshal([]string(c))
}

// UnmarshalJSON reads a list, or one.
func (c *Challenges) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*c = Challenges{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(c))
}

// Trigger is a business event. ID is the idempotency key or one made by the door.
type Trigger struct {
	ID       string         `json:"id,omitempty"`
	Type     string         `json:"type"`
	Data     map[string]any `json:"data,omitempty"`
	Language string         `json:"language,omitempty"`
	Flow     string         `json:"flow,omitempty"` // start exactly this flow (chat, dialogues, By); else by Type
	By       string         `json:"by,omitempty"`   // the person at work who starts it
	Run      string         `json:"run,omitempty"`  // the run whose answer the event is: no other hears of it; "": all that listen
	// What Step adds for those that it makes itself: From is the run that starts the
	// flow, and Waits for its end; ByText, a text started it; Test, a test run did.
	From   string `json:"fr,omitempty"`
	Waits  bool   `json:"ws,omitempty"`
	ByText bool   `json:"bt,omitempty"`
	Test   bool   `json:"te,omitempty"`
}

// Outgoing is one text that the business wants sent outside any flow.
type Outgoing struct {
	Text  string        `json:"text"`
	Media []flows.Media `json:"media,omitempty"`
	Class flows.Class   `json:"class"`
}

// EndRun ends one run with the outcome.
type EndRun struct {
	Run     string `json:"run"`
	Outcome string `json:"outcome"`
}

// Settled is the fate of one message of this conversation.
type Settled struct {
	Message string `json:"message"`
	Run     string `json:"run,omitempty"`
	Wait    int64  `json:"wait,omitempty"`
	Error   string `json:"error,omitempty"`
}

// Result is what a slow effect brought back. Step drops it unless Wait and Epoch
// still match what it is waiting for.
type Result struct {
	Effect string          `json:"effect"` // id of the effect
	Kind   string          `json:"kind"`   // kind of the effect
	Run    string          `json:"run,omitempty"`
	Wait   int64           `json:"wait"`
	Epoch  int64           `json:"epoch"`
	Data   json.RawMessage `json:"data,omitempty"`
	Error  string          `json:"error,omitempty"` // "" : it worked
}

// Agent is what a person does in the console. IfRev and Epoch are what the
// person saw; when either moved on, the command is refused with a conflict.
type Agent struct {
	Op    string        `json:"op"` // a key of commands
	Name  string        `json:"name"`
	Lead  bool          `json:"lead,omitempty"`   // they may do so with everybody's conversations
	IfRev int64         `json:"if_rev,omitempty"` // 0: whatever the rev is
	Epoch int64         `json:"epoch,omitempty"`  // 0: whatever the epoch is
	Text  string        `json:"text,omitempty"`   // of a reply, or a note for colleagues
	Media []flows.Media `json:"media,omitempty"`
	// To is the colleague of a transfer.
	To string `json:"to,omitempty"`
	// Run and State, of a return, say with which question the bot goes on, and Answers
	// what the person put right before. All empty: where the flow says.
	Run     string            `json:"run,omitempty"`
	State   string            `json:"state,omitempty"`
	Answers map[string]string `json:"answers,omitempty"`
	// Mentions are the colleagues whom a note calls.
	Mentions []string    `json:"mentions,omitempty"`
	Labels   []string    `json:"labels,omitempty"`   // of a label: all that the conversation has from now on
	Priority flows.Class `json:"priority,omitempty"` // of a priority: alert, notice or bulk
	Until    int64       `json:"until,omitempty"`    // of a snooze, Unix ms
	// Message is what a resend sends again, as a message of its own; Text and Media are its.
	Message string `json:"message,omitempty"`
	Unsure  bool   `json:"unsure,omitempty"` // nobody knows whether it arrived
	// Anyway: the person has read what speaks against it.
	Anyway bool `json:"anyway,omitempty"`
	// Rule, when set, says that no person acts but a queue's rule: Op is a key of rules then,
	// and Name empty.
	Rule *Ruling `json:"rule,omitempty"`
}

// Ruling is on what a queue's rule acts.
type Ruling struct {
	Queue  string `json:"queue"`
	Turn   int64  `json:"turn,omitempty"`   // of an assignment: its place among all that rules made
	Active int64  `json:"active,omitempty"` // Desk.Active as the rule saw it; another since is a conflict
	// Of an answer that is overdue: since when the customer waits for it, when it was due, and
	// whether a person has answered before.
	Awaiting int64 `json:"awaiting,omitempty"`
	Due      int64 `json:"due,omitempty"`
	Next     bool  `json:"next,omitempty"`
}

// Poisoned stands for an event that could not be applied: it hands the
// conversation to a person.
type Poisoned struct {
	Kind   Kind   `json:"kind"`
	Reason string `json:"reason"` // never holds texts
}

// ParseEvent reads an event from its stored JSON.
func ParseEvent(b []byte) (Event, error) {
	var e Event
	err := json.Unmarshal(b, &e)
	return e, err
}
