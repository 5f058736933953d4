package conversation

import (
	"fmt"

	"github.com/segmentio/encoding/json"

	"parley/flows"
)

// Conversation is everything between one of the business's lines and one
// customer's phone: one row, the lock and the version.
type Conversation struct {
	ID    string
	Line  string
	Phone string
	Rev   int64 // gapless: grows by one with every event that was applied
	State State
	// WakeAt is a lower bound of the earliest timer, Unix ms; 0: none. It is only
	// rewritten when it gets earlier, so that most updates stay heap-only.
	WakeAt int64
}

// Owner says who answers the customer.
type Owner string

// The owners of a conversation. In Queue the bot is silent and a person is awaited.
const (
	OwnerBot   Owner = "bot"
	OwnerQueue Owner = "queue"
	OwnerAgent Owner = "agent"
)

// State is what Step decides upon: plain data, kept as JSON in the row. Values
// that Step was given are never changed in place.
type State struct {
	Owner    Owner   `json:"o,omitempty"` // "" is OwnerBot
	Agent    string  `json:"ag,omitempty"`
	Epoch    int64   `json:"oe,omitempty"` // owner epoch: grows with every takeover and return
	Language string  `json:"l,omitempty"`  // what the customer is written in; "" : the flow's first
	Runs     []Run   `json:"r,omitempty"`  // live runs; the last is the front one
	Queued   []Start `json:"q,omitempty"`  // starts that wait for an earlier run of the same flow
	Timers   []Timer `json:"t,omitempty"`
	// Scheduled are starts for later, by the timers of their names.
	Scheduled []Scheduled `json:"sc,omitempty"`
	Pending   *Pending    `json:"p,omitempty"` // the slow effect that a reading waits for
	Held      []Event     `json:"h,omitempty"` // texts that arrived meanwhile, at most MaxHeld
	Handoff   *Handing    `json:"ho,omitempty"`
	Which     *Which      `json:"wh,omitempty"` // set while the customer is asked which question was meant
	// Answered is the run that took the last answer, at AnsweredAt: media without
	// words that follow it join that run.
	Answered   string `json:"an,omitempty"`
	AnsweredAt int64  `json:"aa,omitempty"`
	Late       []Late `json:"la,omitempty"` // runs that ended by silence, newest last, for late answers
	// Codes are the one-time codes that are still good, oldest first.
	Codes []LiveCode `json:"co,omitempty"`
	Used  *UsedCode  `json:"us,omitempty"`
	// Awaiting is since when the customer waits for a person's word, Unix ms; 0: they do
	// not.
	Awaiting int64 `json:"aw,omitempty"`
	// Snoozed is until when the people at work have put the conversation aside, Unix ms; 0:
	// they have not.
	Snoozed int64 `json:"sn,omitempty"`
	// Wrote is when the customer last texted while people had the conversation, Replied when
	// one of them last answered, and Given since when the present agent has it before them:
	// Unix ms, 0: not yet.
	Wrote   int64 `json:"wr,omitempty"`
	Replied int64 `json:"rp,omitempty"`
	Given   int64 `json:"gv,omitempty"`
	// Overdue is the Awaiting of which it is known that the answer was overdue; 0: of none yet.
	Overdue int64 `json:"od,omitempty"`
	// Labels are what the people at work call the conversation, sorted.
	Labels []string `json:"lb,omitempty"`
	// Unasked counts the texts of the last hour that no event of anybody's brought
	// about.
	Unasked *Hourly `json:"ua,omitempty"`
	// Classified counts the texts of the last hour that a slow classifier was asked about.
	Classified *Hourly `json:"cl,omitempty"`
}

// Hourly counts texts within an hour.
type Hourly struct {
	Since int64 `json:"s"` // when the hour began, Unix ms
	Texts int   `json:"n"`
}

// MaxHeld is how many texts wait for one slow effect before a person is asked;
// mostHeldBytes is how long they may be together.
const (
	MaxHeld       = 32
	mostHeldBytes = 64 << 10
)

// Run is one live instance of a flow, with what the conversation adds to it.
type Run struct {
	flows.Run
	// Wait is the rev at which the present wait began; 0: it waits for no answer.
	Wait int64 `json:"w,omitempty"`
	// Entered is the rev at which the present state was entered: timers of an earlier
	// stay are stale.
	Entered int64 `json:"en,omitempty"`
	// Asked is the message that asked; OpenAt is when the carrier took it, Unix
	// ms, 0: not yet.
	Asked  string `json:"a,omitempty"`
	OpenAt int64  `json:"op,omitempty"`
	// Before is the state whose question was answered just before this wait: a text
	// sent before this question could be seen is a repetition of that answer.
	Before string `json:"b,omitempty"`
	// Interrupted: another run asked something since; Resumed: the question was
	// asked again once already.
	Interrupted bool `json:"i,omitempty"`
	// AskedBack is the wait in which the customer was asked whether a guess was right:
	// once a question is enough.
	AskedBack int64 `json:"ab,omitempty"`
	Resumed   bool  `json:"rs,omitempty"`
	// Number is what the customer calls the run by while another of its flow asks too;
	// 0: it has none.
	Number int `json:"nu,omitempty"`
	// Alert is set for runs of class alert; its question outranks others.
	Alert bool `json:"al,omitempty"`
	Test  bool `json:"te,omitempty"`
	// Handed: it asked for a person, and goes on or ends when the conversation is
	// handed back; more than one run may have asked meanwhile.
	Handed bool `json:"hd,omitempty"`
	// Calling is set while its state waits for the answer of a call, or for the end
	// of another run, before it says anything.
	Calling *Calling `json:"c,omitempty"`
	// Texted: a text started it, or the run that it was started by, so that what it knows
	// may be the texter's word.
	Texted bool `json:"bt,omitempty"`
	// Accounts are those whose payments it has asked about.
	Accounts []string `json:"ac,omitempty"`
	// AlertedAt is when it last asked about one, Unix ms; 0: not yet.
	AlertedAt int64 `json:"aa,omitempty"`
	tally
}

// Late is a run that ended by silence, as it stood when it was still waiting.
type Late struct {
	Run Run   `json:"r"`
	At  int64 `json:"at"` // when it ended, Unix ms
}

// Start is a trigger that waits its turn.
type Start struct {
	Trigger Trigger   `json:"tr"`
	Flow    string    `json:"f"`
	Key     string    `json:"k,omitempty"`
	Later   []Trigger `json:"l,omitempty"` // events of its key that came while it waited
	At      int64     `json:"at"`
	Test    bool      `json:"te,omitempty"`
}

// Timer is one deadline.
type Timer struct {
	Kind TimerKind `json:"k"`
	Run  string    `json:"r,omitempty"`
	Wait int64     `json:"w,omitempty"` // of a silence: Entered of its run; of an effect: Wait
	Step int       `json:"s,omitempty"` // of a silence: which step of the list
	At   int64     `json:"at"`          // Unix ms
	Name string    `json:"n,omitempty"` // of a schedule
	From int64     `json:"f,omitempty"` // of a silence: what its steps count from, Unix ms
}

// TimerKind says what a deadline is for.
type TimerKind string

// The kinds of timers.
const (
	TimerSilence TimerKind = "silence" // the customer did not answer
	TimerEffect  TimerKind = "effect"  // a slow effect did not come back
	TimerCall    TimerKind = "call"    // a call did not come back
	// TimerSchedule: a flow is to be started.
	TimerSchedule TimerKind = "schedule"
	TimerCode     TimerKind = "code" // a code is no longer good
)

// Pending is the slow effect whose result decides how a text is read. While it
// is set, further texts are held.
type Pending struct {
	Effect string `json:"e"`
	Kind   string `json:"k"`
	Run    string `json:"r,omitempty"`
	Wait   int64  `json:"w"`
	Text   Event  `json:"x"` // the text that is being read
	// Guess is what the examples made of it before; nil: nothing.
	Guess *flows.Guess `json:"g,omitempty"`
}

// Which is an answer that has to be cleared up before anything is done with it:
// it fitted two open questions, one of them an alert, or several of one flow, or its transition asks to be
// confirmed and it was not the exact word.
type Which struct {
	Text  Text   `json:"x"`
	Older string `json:"a,omitempty"` // run offered as 1; "": it is to be confirmed
	Newer string `json:"b"`           // run offered as 2, or whose transition it is; of numbered runs: any of them
	// Rest is what the run RestOf is answered, should it be meant: the text without the
	// number that may have been its own.
	Rest   string `json:"rs,omitempty"`
	RestOf string `json:"ro,omitempty"`
	// Numbered: the runs of one flow are told apart by their own numbers.
	Numbered bool `json:"u,omitempty"`
	// Code is a challenge that is offered as 1, and Newer as 2: the text may have been
	// meant for a code.
	Code string `json:"c,omitempty"`
	// Intent is how an answer to be confirmed was understood: a classifier is not
	// asked again.
	Intent string `json:"n,omitempty"`
	// Likely, when set, is what the text was guessed to mean: the customer is asked
	// whether it does.
	Likely *Likely `json:"l,omitempty"`
}

// Likely is what a text may mean.
type Likely struct {
	Layer  string  `json:"y,omitempty"` // who says so: model or llm
	Intent string  `json:"i,omitempty"`
	Value  string  `json:"v,omitempty"` // the words that answer the question
	Score  float64 `json:"p,omitempty"` // of the model
	Second string  `json:"s,omitempty"`
	At     int64   `json:"at,omitempty"` // when the customer was asked, Unix ms
}

// guess is what the examples made of the text.
func (p *Pending) guess() (g flows.Guess) {
	if p.Guess != nil {
		g = *p.Guess
	}
	return g
}

// Encode gives the state's stored form: the bytes that encoding/json would give. The
// library is here because every event pays for decoding and encoding the state; it
// takes half of the time.
func (s *State) Encode() (string, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("encoding a conversation's state: %w", err)
	}
	return string(b), nil
}

// Decode reads the stored form; "" is the zero state.
func (s *State) Decode(text string) error {
	*s = State{}
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), s); err != nil {
		return fmt.Errorf("decoding a conversation's state: %w", err)
	}
	return nil
}
