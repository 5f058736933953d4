package flows

import "time"

// Class is what a text is to its reader; priority, quiet hours and consent hang on it.
type Class string

// The classes of flow-language.md.
const (
	Code   Class = "code"   // one-time codes
	Alert  Class = "alert"  // suspicious transactions, locks
	Notice Class = "notice" // everything that the customer's own action triggered
	Bulk   Class = "bulk"   // promotion and mass texts
)

// Media is one attachment: an MMS part by its address.
type Media struct {
	URL  string `json:"url"`
	Type string `json:"type"` // MIME type, as the carrier named it
}

// Run is one live instance of a flow. It is a value: Move functions return a
// changed copy and leave what they were given alone, Vars included.
type Run struct {
	ID       string         `json:"id"`
	Flow     string         `json:"f"`
	Hash     string         `json:"v"` // of the version that started it
	Key      string         `json:"k,omitempty"`
	State    string         `json:"s"`
	Language string         `json:"l,omitempty"` // one of the flow's languages
	Vars     map[string]any `json:"vars,omitempty"`
	Tries    int            `json:"n,omitempty"` // answers that fitted nothing, in the present wait
	LastText string         `json:"lt,omitempty"`
	Choices  []Choice       `json:"ch,omitempty"` // what the present wait offers
	Path     string         `json:"pa,omitempty"` // the states that it has been in, in the order of the first visits, with spaces between
}

// Scope is what expressions may see besides the run's variables.
type Scope struct {
	Now      time.Time
	Brand    Brand
	Contact  Contact
	Line     string
	CanReply bool    // the sender can receive answers
	Event    Event   // what starts the run, or the business event that is being applied
	Opens    string  // when the handoff's queue opens next, in the run's language; empty when open
	Trace    *Trace  // notes the ways taken, for coverage; nil in production
	Hours    Opening // of the brand; nil: not known
}

// Opening says when a business is open.
type Opening interface {
	OpenAt(at time.Time) bool
}

// Event is a business event as expressions see it.
type Event struct {
	Type string
	Data map[string]any
}

// Brand is one of the config's brands, as texts and clocks need it.
type Brand struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Contact  string `json:"contact,omitempty"`
	Timezone string `json:"timezone,omitempty"` // IANA; "" is UTC
	Hours    string `json:"hours,omitempty"`    // "Mo-Fr 09:00-18:00"; "" is always
}

// Contact is what is known of the customer.
type Contact struct {
	Phone    string         `json:"phone,omitempty"`
	Name     string         `json:"name,omitempty"`
	Language string         `json:"language,omitempty"`
	Timezone string         `json:"timezone,omitempty"`
	Tags     []string       `json:"tags,omitempty"`
	Fields   map[string]any `json:"fields,omitempty"`
}

// Move is what one input did to a run.
type Move struct {
	Run     Run      // afterwards
	Says    []Say    // texts, in order
	Actions []Action // asked of the outside world, in order
	Asks    bool     // the run now waits for an answer
	// Clock says that the wait has a silence (see Flow.Alarm), be it a question's or a
	// parked state's.
	Clock bool
	// Moved says that a state was entered (also the same one again), so that a new
	// wait began; otherwise the old wait goes on.
	Moved   bool
	Entered int      // how many states were entered
	Handoff *Handoff // set: the bot is silent until a person hands back
	// Awaits is what the run waits for before its state says anything: a call, whose
	// result Returned takes, or a start, whose end Ended takes. nil: nothing.
	Awaits *Action
	End    string // outcome, when the run is over
	// Problem is a run-time error, in words without the customer's data. Handoff is
	// set too, unless the flow's on.error leads elsewhere.
	Problem string
}

// Say is one text to send.
type Say struct {
	Text  string  `json:"text"`
	Media []Media `json:"media,omitempty"`
	Asks  bool    `json:"asks,omitempty"` // this text asks the question that the run waits on; not set for reminders and otherwise
	// Before is the moment after which the text is of no use; zero: its class says.
	Before time.Time `json:"before,omitzero"`
}

// Handoff asks for a person.
type Handoff struct {
	Queue    string `json:"queue"`
	Note     string `json:"note,omitempty"`
	Priority Class  `json:"priority,omitempty"` // "" : the flow's class
	Unclear  bool   `json:"unclear,omitempty"`  // not the flow's wish: an answer fitted nothing
}

// Action is what a flow asks of the outside world: plain data that conversation
// wraps into an effect.
type Action struct {
	Kind string `json:"kind"` // its key in do
	// Name is the event type of emit, the host of call, and the name under which
	// schedule and cancel keep a start.
	Name string         `json:"name,omitempty"`
	Flow string         `json:"flow,omitempty"` // of start and schedule
	Data map[string]any `json:"data,omitempty"`
	At   time.Time      `json:"at,omitzero"` // of schedule

	Add    []string `json:"add,omitempty"` // of tag
	Remove []string `json:"remove,omitempty"`
}

// Said is a customer's text as a question reads it.
type Said struct {
	Text  string
	Media []Media
}

// Reading is how a text was understood by the state that waits.
type Reading struct {
	Fits     bool           // some reply or capture fitted
	Later    bool           // nothing cheap fitted; a slow classifier should be asked
	Layer    string         // word, pattern, lexicon, any, capture, media; model of a Guess, head of a Skim
	Exact    bool           // the words themselves, not an interpretation
	Reply    int            // index into the state's replies; -1: captures
	On       bool           // Reply is an index into on.replies, the state's and the flow's
	As       string         // the reply's name for it
	Intent   string         // the intent, where one was read
	Captured map[string]any // parsed answers
	Confirm  bool           // the transition asks to be confirmed
}

// Reader understands free text by its words alone: deterministic, fast, no I/O.
// It is asked for the intents that a state listens for, in the author's order.
type Reader interface {
	// Read returns the first of intents that the text means for certain. ok is
	// false when it is unsure; later says that a slower classifier may know.
	Read(text, language string, intents []string) (intent string, ok, later bool)
	// Skim returns yes or no, if the text most likely means it: where Read is unsure,
	// and only where Flow.Skim lets it decide. ok is false when it means neither.
	Skim(text, language string, intents []string) (intent string, ok bool)
}
