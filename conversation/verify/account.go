package verify

import (
	"slices"
	"strings"
	"time"

	"parley/conversation"
)

// Account is a customer account as the business knows it: what is alerted, what is
// locked, which refunds are open, and what has been shown towards an unlock. It is
// changed by Apply alone.
type Account struct {
	Ref     string    `json:"-"` // as the business calls it
	Test    bool      `json:"-"` // a test key's: it shares nothing with the live account of the same name
	State   LockState `json:"-"` // "": nothing was ever heard of it, which is Active
	Version int64     `json:"-"` // grows by one with every change
	CheckAt int64     `json:"-"` // when time alone will change something, Unix ms; 0: nothing will

	Scopes    []string `json:"scopes,omitempty"` // what is locked: purchases, transfers, or all; never empty while it is
	Cause     string   `json:"cause,omitempty"`
	Reason    string   `json:"reason,omitempty"`
	LockedAt  int64    `json:"locked_at,omitempty"`  // Unix ms, as all that follow
	AskedAt   int64    `json:"asked_at,omitempty"`   // when the lock was last widened: it must be applied after that
	EarlierAt int64    `json:"earlier_at,omitempty"` // when the lock before was, or what it was before it got wider
	AppliedAt int64    `json:"applied_at,omitempty"` // when the business says that it was applied; 0: not yet
	Alarmed   bool     `json:"alarmed,omitempty"`    // nobody said so for a minute, and that was told

	Alerts    []Alert   `json:"alerts,omitempty"`
	Refunds   []Refund  `json:"refunds,omitempty"`
	Proofs    []Proof   `json:"proofs,omitempty"`     // of the last fifteen minutes, one of each class
	Proposal  *Proposal `json:"proposal,omitempty"`   // of one agent, for another to agree to
	VerifyAt  int64     `json:"verify_at,omitempty"`  // when the customer last asked to be verified
	Asks      []int64   `json:"asks,omitempty"`       // when they asked, within a day
	Failures  int       `json:"failures,omitempty"`   // proofs that failed since the lock
	BlockedTo int64     `json:"blocked_to,omitempty"` // until then only agents can unlock
	UnlockAt  int64     `json:"unlock_at,omitempty"`  // of Cooling: when it ends
	UnlockBy  string    `json:"unlock_by,omitempty"`  // of Cooling: proofs or agents

	TextLocks []int64  `json:"text_locks,omitempty"` // when texts locked it, within a day
	Contests  []int64  `json:"contests,omitempty"`   // when codes were denied, within a day
	TakenAt   int64    `json:"taken_at,omitempty"`   // when a lock last spoke of a takeover; 0: none has, or the password is another since
	Reviews   []Review `json:"reviews,omitempty"`    // what a person should look at
	Places    []Place  `json:"places,omitempty"`     // where its customer was told of it, the latest last
}

// Review is a mark for a person.
type Review struct {
	Reason string `json:"reason"` // see conversation.AccountReview
	At     int64  `json:"at"`
}

// mostKept is how many marks are kept, and moments of locks by text and of denied codes:
// the latest ones.
const mostKept = 8

// latest is the end of a list.
func latest[T any](list []T, most int) []T { return list[max(0, len(list)-most):] }

// withinDay leaves out the moments that are more than a day past.
func (c *change) withinDay(moments []int64) []int64 {
	return slices.DeleteFunc(moments, func(at int64) bool { return at <= c.at-day })
}

// Op is what somebody wants of an account.
type Op string

// The ops. Of a customer's texts come alert's answers, silenced, lock, contest and verify only.
const (
	OpAlert     Op = "alert"     // payments look wrong, and the customer is asked
	OpRecognise Op = "recognise" // the customer says that payments are their own
	OpSilenced  Op = "silenced"  // the customer who is asked can answer no more
	OpLock      Op = "lock"
	OpContest   Op = "contest"  // the customer denies a code that came unasked
	OpGuessed   Op = "guessed"  // somebody guesses the customer's codes
	OpVerify    Op = "verify"   // the customer asks to be verified
	OpProof     Op = "proof"    // somebody has shown who they are
	OpFailure   Op = "failure"  // somebody could not
	OpAgent     Op = "agent"    // an agent asks for the unlock, or agrees to it
	OpApplied   Op = "applied"  // the business says that a lock is in force
	OpRefund    Op = "refund"   // the business moves a refund on
	OpReviewed  Op = "reviewed" // somebody has looked at what was marked
	OpPassword  Op = "password" // the business says that the password is another
	OpNumber    Op = "number"   // a code of number_change was given at the place: its customer is there now
	OpTick      Op = "tick"     // time has passed
)

// AccountEvent is one thing that somebody wants of an account.
type AccountEvent struct {
	Op     Op
	Who    string // for the audit trail: customer, flow, key_…, system
	Scope  string // of lock
	Cause  string // of lock, and of silenced: stopped or undeliverable
	Reason string // in words; of lock and agent
	// Transactions are what alert, recognise and lock are about.
	Transactions []conversation.AccountTransaction
	Place        Place  // where it came from; zero: from outside any conversation
	Said         bool   // a text may have named the account
	Asked        int64  // of lock: when its run last opened an alert of the account, Unix ms; 0: it has not
	Proof        string // of proof and failure: its class
	Agent        string // of agent: the agent's name; of lock: who locked, if an agent did
	// Seen is who had proposed, of agent, as the agent saw it ("": nobody): who means to
	// propose does not agree unawares. nil: whatever it is.
	Seen *string
	// Moved is what is known of the customer's number: NumberKept, NumberChanged or
	// NumberUnknown. Only who has asked may send proof and agent from outside.
	Moved     string
	AppliedAt int64  // of applied, and when the password was changed, of password; Unix ms
	Status    string // of refund, of Transactions[0]
}

// Rules are what an installation decides for itself. The zero value is useful.
type Rules struct {
	// Cooling is how long an unlocked account waits before it may be used, at most 24 h
	// (a NO locks it again meanwhile). 0: one hour. Below 0: not at all.
	Cooling time.Duration
	// AlertFor is how long an alert waits for its answer, at most 72 h. 0: 24 h.
	AlertFor time.Duration
}

func (r Rules) cooling() int64 {
	switch {
	case r.Cooling == 0:
		return time.Hour.Milliseconds()
	case r.Cooling < 0:
		return 0
	}
	return min(r.Cooling, 24*time.Hour).Milliseconds()
}

func (r Rules) alertFor() int64 {
	if r.AlertFor <= 0 {
		return (24 * time.Hour).Milliseconds()
	}
	return min(r.AlertFor, 72*time.Hour).Milliseconds()
}

// News is what came of an event.
type News struct {
	Notices []Notice
	Audit   []Entry
	Refused string // why the event was not carried out, a word; "": it was
}

// Notice is one thing that the business is told of, and the runs of the places.
type Notice struct {
	conversation.Told
	Places []Place
	Heard  bool // runs hear of it as well
	Quiet  bool // the business does not: it knows
}

// Apply decides what becomes of the account by an event at a moment of the database's
// clock (Unix ms). It is pure, and does not change what it was given. What has fallen
// due by then is carried out first, so that nothing depends on when a sweep comes by.
// An error means that the event is wrong by its own content; the account is as it was.
func (a Account) Apply(rules Rules, e AccountEvent, at int64) (Account, News, error) {
	c := &change{Account: a.clone(), rules: rules, event: e, at: at}
	if c.State == "" {
		c.State = Active
	}
	c.due()
	err := c.carryOut()
	if err != nil {
		return a, News{}, err
	}
	if c.moved {
		c.Version++
	}
	c.CheckAt = c.next()
	return c.Account, c.news, nil
}

// Changed says whether the account is another than it was before Apply.
func (a Account) Changed(before Account) bool {
	return a.Version != before.Version || a.CheckAt != before.CheckAt
}

// change is one call of Apply under way.
type change struct {
	Account
	rules Rules
	event AccountEvent
	at    int64
	news  News
	moved bool
}

func (c *change) carryOut() error {
	switch c.event.Op {
	case OpAlert:
		return c.alert()
	case OpRecognise:
		c.recognise()
	case OpSilenced:
		return c.silenced()
	case OpLock:
		return c.askedToLock()
	case OpContest:
		c.contest()
	case OpGuessed:
		c.review("codes_guessed", true)
	case OpVerify:
		c.askedToVerify()
	case OpProof:
		return c.prove()
	case OpFailure:
		c.failure()
	case OpAgent:
		return c.agent()
	case OpApplied:
		return c.applied()
	case OpRefund:
		return c.refund()
	case OpReviewed:
		return c.reviewed()
	case OpPassword:
		return c.passwordChanged()
	case OpNumber:
		c.numberChanged()
	case OpTick:
	default:
		return WrongError("op: an account knows no such thing")
	}
	return nil
}

// WrongError is what an event is refused with that is wrong by its own content: the
// field, a colon and what is wrong with it.
type WrongError string

// Error says it.
func (e WrongError) Error() string { return string(e) }

// fire moves the account by an event of the machine; false: it leads nowhere.
func (c *change) fire(event string) bool {
	to, ok := lockMachine.Fire(string(c.State), event)
	if !ok {
		return false
	}
	if LockState(to) != c.State {
		c.audit("account."+event, string(c.State)+" to "+to)
	}
	c.State, c.moved = LockState(to), true
	return true
}

// refuse ends the event: nothing that was asked for is done.
func (c *change) refuse(why string) { c.news.Refused = why }

// audit keeps a line of the audit trail.
func (c *change) audit(what, detail string) {
	e := Entry{At: c.at, What: what, Who: c.who(), Subject: Masked(c.Ref), ID: c.event.Place.Run, Detail: detail}
	if c.event.Place.Conversation == "" { // a flow's may hold the customer's words
		e.Reason = c.event.Reason
	}
	c.news.Audit = append(c.news.Audit, e)
}

func (c *change) who() string {
	switch {
	case c.event.Agent != "":
		return "agent:" + c.event.Agent + " by " + c.event.Who
	case c.event.Who == "":
		return "system"
	}
	return c.event.Who
}

// tell lets the business know, about the places that the account knows.
func (c *change) tell(t conversation.Told, heard bool) {
	c.news.Notices = append(c.news.Notices, Notice{Told: t, Places: c.around(), Heard: heard})
}

// numberChanged takes the number for the account's, if anything is known of the account: it
// is there that its customer is texted from now on, and where a code for an unlock goes.
func (c *change) numberChanged() {
	if c.Version == 0 {
		c.refuse("unknown")
		return
	}
	before := c.Phone()
	c.remember()
	if before != c.Phone() {
		c.leave(before)
	}
	c.audit("account.number_changed", "")
}

// review marks the account for a person.
func (c *change) review(why string, heard bool, transactions ...string) {
	c.Reviews = latest(append(c.Reviews, Review{Reason: why, At: c.at}), mostKept)
	c.moved = true
	c.audit("account.review", why)
	c.tell(conversation.AccountReview{Account: c.Ref, Reason: why, Transactions: transactions}, heard)
}

// reviewed takes the marks away that somebody has looked at.
func (c *change) reviewed() error {
	if strings.TrimSpace(c.event.Reason) == "" {
		return WrongError("reason: say what was found, and what was done about it")
	}
	if len(c.Reviews) == 0 {
		c.refuse("no_review")
		return nil
	}
	var marks []string
	for _, r := range c.Reviews {
		marks = append(marks, r.Reason)
	}
	c.Reviews, c.moved = nil, true
	c.audit("account.reviewed", strings.Join(marks, " "))
	return nil
}

func (a Account) clone() Account {
	a.Scopes, a.Alerts, a.Refunds, a.Proofs = slices.Clone(a.Scopes), slices.Clone(a.Alerts), slices.Clone(a.Refunds), slices.Clone(a.Proofs)
	a.TextLocks, a.Contests, a.Asks, a.Reviews, a.Places = slices.Clone(a.TextLocks), slices.Clone(a.Contests), slices.Clone(a.Asks), slices.Clone(a.Reviews), slices.Clone(a.Places)
	if a.Proposal != nil {
		p := *a.Proposal
		a.Proposal = &p
	}
	return a
}
