package conversation

import (
	"encoding/json"

	"parley/flows"
)

// Effect is one thing that an event asks of the outside world. Step returns
// effects; the engine commits them with the new state; other loops carry them out.
// Exactly one field is set.
type Effect struct {
	Send    *Message       `json:"send,omitempty"`    // a row for the dispatcher
	Cancel  *Cancel        `json:"cancel,omitempty"`  // takes back what is still queued
	Consent *Consent       `json:"consent,omitempty"` // writes the phone's consent row
	Job     *Job           `json:"job,omitempty"`     // a slow effect, inserted as a River job
	Ended   *Ended         `json:"ended,omitempty"`   // the result of a run that is over
	Record  *Decision      `json:"record,omitempty"`  // why: kept with the event
	Contact *Tagging       `json:"contact,omitempty"` // labels the phone's contact
	Code    *Change        `json:"code,omitempty"`    // what becomes of a code
	Account *AccountChange `json:"account,omitempty"` // what becomes of a customer account
	Desk    *Desk          `json:"desk,omitempty"`    // what the people at work see
	Mention *Mention       `json:"mention,omitempty"` // whom a note calls
	Deed    *Deed          `json:"deed,omitempty"`    // what one of them did, for the audit trail
	Given   *Given         `json:"given,omitempty"`   // to whom a queue's rule gave the conversation
}

// Cancel ends queued messages of the conversation. What has been claimed is on
// its way and stays.
type Cancel struct {
	Conversation string `json:"conversation,omitempty"` // set by Step
	As           Status `json:"as"`                     // Cancelled, Superseded or Expired
	Reason       string `json:"reason"`                 // written into the message's error
	Run          string `json:"run,omitempty"`          // only this run's; else the whole conversation's
	Before       int64  `json:"before,omitempty"`       // only of owner epochs below; 0: of any
	Spare        bool   `json:"spare,omitempty"`        // spares codes and alerts
	Message      string `json:"message,omitempty"`      // only this one
}

// Job is a slow effect, like a callback to the business or an HTTP call. ID is derived, so that the same step makes the same job.
// Wait and Epoch come back in Result; Wait 0 means that nobody waits for it.
type Job struct {
	ID           string         `json:"id"`
	Kind         string         `json:"kind"` // one of the kinds below
	Conversation string         `json:"conversation"`
	Line         string         `json:"line"`
	Phone        string         `json:"phone"`
	Run          string         `json:"run,omitempty"`
	Wait         int64          `json:"wait,omitempty"`
	Epoch        int64          `json:"epoch,omitempty"`
	Name         string         `json:"name,omitempty"`     // of a callback: the event type
	Endpoint     string         `json:"endpoint,omitempty"` // of a callback: who is told; set when the job is inserted
	Data         map[string]any `json:"data,omitempty"`
	At           int64          `json:"at"`
	Test         bool           `json:"test,omitempty"`
}

// The kinds of jobs.
const (
	JobCallback = "callback"
	JobCall     = "call"
	JobClassify = "classify"
	JobIssue    = "issue_code"  // a flow asks for a one-time code
	JobResend   = "resend_code" // a customer says that theirs has not come
	JobNews     = "news"        // an account's news come back as a business event
	JobPaused   = "paused"      // a customer is to hear that codes pause, because theirs are guessed
)

// Answered is the event by which the conversation hears what the job brought back.
func (j Job) Answered(data json.RawMessage, problem string) Event {
	return Event{Kind: KindResult, Conversation: j.Conversation, Line: j.Line, Phone: j.Phone, Test: j.Test,
		Result: &Result{Effect: j.ID, Kind: j.Kind, Run: j.Run, Wait: j.Wait, Epoch: j.Epoch, Data: data, Error: problem}}
}

// Decision is the record of one reading or sending decision: what was chosen and
// why. One shape for readings, sends, refusals and handoffs.
type Decision struct {
	About  string `json:"about"`           // reading, consent, send, start, event, handoff, owner …
	Choice string `json:"choice"`          // what was decided
	Why    string `json:"why,omitempty"`   // the reason, in words; never a customer's text
	Run    string `json:"run,omitempty"`   //
	Flow   string `json:"flow,omitempty"`  //
	State  string `json:"state,omitempty"` //
	Layer  string `json:"layer,omitempty"` // of a reading: word, pattern, lexicon, capture, model, llm
	// Of a reading: the intent that was read, or guessed where the choice is unsure. Authors
	// may call what it decides otherwise.
	Intent string `json:"intent,omitempty"`
	// Of a reading by examples: how likely it is right, and what came next.
	Score  float64 `json:"score,omitempty"`
	Second string  `json:"second,omitempty"`
	// Of a reading by an LLM: what it was asked with and what that took, in tokens and in
	// the currency of the configuration's prices.
	Prompt string  `json:"prompt,omitempty"`
	Tokens int64   `json:"tokens,omitempty"`
	Cost   float64 `json:"cost,omitempty"`
	// Of a send:
	Message  string      `json:"message,omitempty"`
	Class    flows.Class `json:"class,omitempty"`
	Priority Priority    `json:"priority,omitempty"`
	Segments int         `json:"segments,omitempty"`
	DueAt    int64       `json:"due_at,omitempty"` // Unix ms
}

// Consent is what one phone has said about being texted.
type Consent struct {
	Phone  string       `json:"phone"`
	State  ConsentState `json:"state"`            // "" : never said anything
	At     int64        `json:"at,omitempty"`     // Unix ms
	Source string       `json:"source,omitempty"` // text, carrier, api
	Word   string       `json:"word,omitempty"`   // what kind of word it was: stop, cancel, start …
}

// ConsentState is opted out or in.
type ConsentState string

// The states of consent; none of them is the zero value, which means that the
// phone never said anything.
const (
	OptedOut ConsentState = "out"
	OptedIn  ConsentState = "in"
)

// Handing names the queue in which a conversation waits for a person, and why.
type Handing struct {
	Queue    string      `json:"queue,omitempty"`
	Note     string      `json:"note,omitempty"`
	Reason   string      `json:"reason,omitempty"` // flow, unclear, problem, version_gone, opt_out_while_open …
	Run      string      `json:"run,omitempty"`
	Priority flows.Class `json:"priority,omitempty"`
	Since    int64       `json:"since,omitempty"`
	Test     bool        `json:"test,omitempty"` // a test key's run asked
}
